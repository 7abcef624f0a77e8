package io.headwater.ps.client;

import io.headwater.ps.protocol.MicroBatchRange;
import java.util.List;
import java.util.Objects;

/**
 * What a worker has to compute in one step.
 *
 * @param step number of updates that the pulled weights have had; 0 for fresh weights
 * @param finished there is nothing left to compute: these are the run's last weights
 * @param microBatches this worker's micro-batches; empty if finished
 * @param nodes the same micro-batches as nodes of the summation tree, in order: one push each
 */
public record StepPlan(
    long step, boolean finished, MicroBatchRange microBatches, List<MicroBatchRange> nodes) {
  public StepPlan {
    Objects.requireNonNull(microBatches, "microBatches");
    nodes = List.copyOf(nodes);
  }
}
