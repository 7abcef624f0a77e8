package io.headwater.ps.client;

import io.headwater.ps.protocol.MicroBatchRange;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a worker has to compute from the weights that it has pulled.
 *
 * @param step number of updates that the pulled weights have had; 0 for fresh weights
 * @param batch number of the step whose data is computed: {@code step}, but in a run whose workers
 *     do not keep step it is this worker's alone
 * @param finished there is nothing left to compute: these are the run's last weights
 * @param nodes the worker's micro-batches as nodes of the summation tree, in order: one push each.
 *     Another plan of the same step may follow, with what a lost worker has left to do.
 */
public record StepPlan(long step, long batch, boolean finished, List<MicroBatchRange> nodes) {
  public StepPlan {
    nodes = List.copyOf(nodes);
  }

  /** The micro-batches under the nodes. */
  public IntStream microBatches() {
    return nodes.stream().flatMapToInt(node -> IntStream.range(node.from(), node.to()));
  }
}
