package io.headwater.worker;

import io.headwater.checkpoint.FlatVector;
import io.headwater.model.GradientProgress;
import io.headwater.ps.client.StepPlan;
import io.headwater.ps.client.WorkerClient;
import io.headwater.ps.optimizer.VectorNorm;
import io.headwater.ps.protocol.MicroBatchFigures;
import io.headwater.ps.protocol.MicroBatchRange;
import io.headwater.worker.Metrics.Phase;
import java.util.ArrayList;
import java.util.List;

/**
 * One step of one worker: the gradients of its micro-batches, summed along the tree that fixes the
 * association, and pushed, the last layers first, while the backward pass still runs.
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
      server.startPush(plan, node);
      sum(plan, node, server.gradients(), 0, server::finalFrom);
      metrics.time(Phase.PUSH, server::finishPush);
    }
    long begin = System.nanoTime();
    StepPlan next = server.pull();
    metrics.spent(Phase.BARRIER, server.commitNs());
    metrics.spent(Phase.PULL, System.nanoTime() - begin - server.commitNs());
    return next;
  }

  /**
   * {@code sum(lo, hi) = sum(lo, mid) + sum(mid, hi)}, in {@code into}. It is final bit by bit
   * during the backward pass of its last micro-batch.
   */
  private void sum(
      StepPlan plan, MicroBatchRange node, FlatVector into, int depth, GradientProgress progress) {
    if (node.isLeaf()) {
      compute(plan, node.from(), PartialSum.copying(source.vector(), into, progress));
      return;
    }
    sum(plan, node.left(), into, depth, GradientProgress.NONE);
    if (node.right().isLeaf()) {
      compute(plan, node.right().from(), PartialSum.adding(source.vector(), into, progress));
    } else {
      FlatVector right = partialSum(depth);
      sum(plan, node.right(), right, depth + 1, PartialSum.adding(right, into, progress));
    }
  }

  private void compute(StepPlan plan, int microBatch, GradientProgress progress) {
    GradientSource.Outcome outcome = source.compute(plan.batch(), microBatch, progress);
    progress.finalFrom(0);
    double size = guarded ? norm.of(source.vector()) : Double.NaN;
    server.report(
        plan,
        microBatch,
        new MicroBatchFigures(
            outcome.losses().parts(),
            size,
            outcome.tokens(),
            outcome.flops(),
            outcome.dataSeconds()));
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
