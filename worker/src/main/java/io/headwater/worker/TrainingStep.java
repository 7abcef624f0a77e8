package io.headwater.worker;

import io.headwater.checkpoint.FlatVector;
import io.headwater.ps.client.StepPlan;
import io.headwater.ps.client.WorkerClient;
import io.headwater.ps.optimizer.VectorNorm;
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
  private final GradientSource source;
  private final WorkerClient server;
  private final boolean guarded;
  private final Metrics metrics;
  private final VectorNorm norm = new VectorNorm();
  private final List<FlatVector> partialSums = new ArrayList<>(); // by depth under the pushed node

  /**
   * @param guarded whether somebody reads the norm of each micro-batch, which takes a pass over it
   */
  TrainingStep(GradientSource source, WorkerClient server, boolean guarded, Metrics metrics) {
    this.source = source;
    this.server = server;
    this.guarded = guarded;
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
    GradientSource.Gradient gradient = source.compute(plan.batch(), microBatch);
    double size = guarded ? norm.of(gradient.vector()) : Double.NaN;
    server.report(plan, microBatch, gradient.loss(), size, gradient.tokens());
    return gradient.vector();
  }

  private FlatVector partialSum(int depth) {
    while (partialSums.size() <= depth) {
      partialSums.add(FlatVector.allocate(server.gradients().elements()));
    }
    return partialSums.get(depth);
  }

  @Override
  public void close() {
    partialSums.forEach(FlatVector::close);
    source.close();
  }
}
