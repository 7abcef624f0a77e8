/**
 * A run's configuration: one YAML file, {@code --set} and the command line on top, bound to records
 * that check everything before anything starts. The records are the one place where a key, its
 * default, its meaning and its check stand; {@code docs/config-properties.md} is made from them.
 */
package io.headwater.driver.config;
