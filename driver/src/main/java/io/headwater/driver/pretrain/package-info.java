/**
 * Pretrains a network. A {@link io.headwater.driver.pretrain.PretrainingRun} is a state machine
 * from {@code SUBMITTED} to {@code SUCCEEDED}, {@code STOPPED} or {@code FAILED}: it checks
 * everything, starts parameter shards and workers, commits checkpoints and keeps the record. No
 * tensor passes through it but the initial weights.
 */
package io.headwater.driver.pretrain;
