package io.headwater.worker;

import io.headwater.checkpoint.FlatVector;
import io.headwater.model.Batch;
import io.headwater.model.Pretrainable;
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
  private final Pretrainable model;
  private final Examples examples;
  private final Sampling sampling;
  private final WorkerClient server;
  private final Metrics metrics;
  private final List<FlatVector> partialSums = new ArrayList<>(); // by depth under the pushed node

  TrainingStep(
      Pretrainable model,
      Examples examples,
      Sampling sampling,
      WorkerClient server,
      Metrics metrics) {
    this.model = model;
    this.examples = examples;
    this.sampling = sampling;
    this.server = server;
    this.metrics = metrics;
  }

  /** Computes and pushes; returns the next plan, with its weights in the model. */
  StepPlan run(StepPlan plan) {
    for (MicroBatchRange node : plan.nodes()) {
      sum(plan, node, server.gradients(), 0);
      metrics.time(Phase.PUSH, () -> server.push(plan, node));
    }
    return metrics.time(Phase.PULL, server::pull);
  }

  /** {@code sum(lo, hi) = sum(lo, mid) + sum(mid, hi)}, in {@code into}. */
  private void sum(StepPlan plan, MicroBatchRange node, FlatVector into, int depth) {
    if (node.isLeaf()) {
      into.copyFrom(gradient(plan, node.from()));
      return;
    }
    sum(plan, node.left(), into, depth);
    if (node.right().isLeaf()) {
      into.add(gradient(plan, node.right().from()));
    } else {
      FlatVector right = partialSum(depth);
      sum(plan, node.right(), right, depth + 1);
      into.add(right);
    }
  }

  /** Valid until the next call. */
  private FlatVector gradient(StepPlan plan, int microBatch) {
    Batch batch = metrics.time(Phase.DATA, () -> sampling.read(examples, plan.step(), microBatch));
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
