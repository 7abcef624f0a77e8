/**
 * What every run has, whatever it trains: a folder, a record, states, metrics, progress, a way to
 * stop.
 */
package io.headwater.driver.run;
