/**
 * What pretraining is worth for a task: the same network from a checkpoint's weights and from
 * random ones, at several shares of the labels and over several seeds.
 */
package io.headwater.driver.transfer;
