package io.headwater.worker;

import io.headwater.checkpoint.FlatVector;
import io.headwater.model.LanguageModel;
import io.headwater.model.TokenBatch;
import io.headwater.ps.client.StepPlan;
import io.headwater.ps.client.WorkerClient;
import io.headwater.ps.protocol.MicroBatchRange;
import io.headwater.worker.Metrics.Phase;
import java.util.ArrayList;
import java.util.List;

/**
 * One step of one worker: the gradients of its micro-batches, summed along the tree that fixes the
 * association, then pushed.
 *
 * <p>One thread. Holds one extra gradient vector per level of the tree under its largest node.
 */
final class TrainingStep implements AutoCloseable {
  private final LanguageModel model;
  private final BatchReader batches;
  private final WorkerClient server;
  private final Metrics metrics;
  private final List<FlatVector> partialSums = new ArrayList<>(); // by depth under the pushed node

  TrainingStep(LanguageModel model, BatchReader batches, WorkerClient server, Metrics metrics) {
    this.model = model;
    this.batches = batches;
    this.server = server;
    this.metrics = metrics;
  }

  /** Computes and pushes; returns the plan of the next step with its weights in the model. */
  StepPlan run(StepPlan plan) {
    for (MicroBatchRange node : plan.nodes()) {
      FlatVector gradient = sum(plan, node, 0);
      metrics.time(Phase.PUSH, () -> server.push(plan, node, gradient));
    }
    return metrics.time(Phase.PULL, () -> server.pull(model.parameters()));
  }

  /** {@code sum(lo, hi) = sum(lo, mid) + sum(mid, hi)}; valid until the next call at this depth. */
  private FlatVector sum(StepPlan plan, MicroBatchRange node, int depth) {
    if (node.isLeaf()) {
      return gradient(plan, node.from());
    }
    FlatVector sum = partialSum(depth);
    sum.copyFrom(sum(plan, node.left(), depth + 1));
    sum.add(sum(plan, node.right(), depth + 1));
    return sum;
  }

  private FlatVector gradient(StepPlan plan, int microBatch) {
    TokenBatch batch = metrics.time(Phase.DATA, () -> batches.read(plan.step(), microBatch));
    double loss = metrics.time(Phase.GRADIENT, () -> model.gradient(batch));
    server.report(plan, microBatch, loss, batch.tokens());
    return model.gradients();
  }

  private FlatVector partialSum(int depth) {
    while (partialSums.size() <= depth) {
      partialSums.add(FlatVector.allocate(model.layout().elements()));
    }
    return partialSums.get(depth);
  }

  @Override
  public void close() {
    partialSums.forEach(FlatVector::close);
  }
}
