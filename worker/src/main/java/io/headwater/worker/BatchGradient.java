package io.headwater.worker;

import io.headwater.checkpoint.FlatVector;
import io.headwater.model.Batch;
import io.headwater.model.GradientProgress;
import io.headwater.model.Losses;
import io.headwater.model.Pretrainable;
import io.headwater.worker.Metrics.Phase;

/** The gradient of the loss over the micro-batch's examples. */
final class BatchGradient implements GradientSource {
  private final Pretrainable model;
  private final Examples examples;
  private final Sampling sampling;
  private final Metrics metrics;

  BatchGradient(Pretrainable model, Examples examples, Sampling sampling, Metrics metrics) {
    this.model = model;
    this.examples = examples;
    this.sampling = sampling;
    this.metrics = metrics;
  }

  @Override
  public FlatVector vector() {
    return model.gradients();
  }

  @Override
  public Outcome compute(long step, int microBatch, GradientProgress progress) {
    long begin = System.nanoTime();
    Batch batch = sampling.read(examples, step, microBatch);
    long dataNanos = System.nanoTime() - begin;
    metrics.spent(Phase.DATA, dataNanos);
    Losses losses = metrics.time(Phase.GRADIENT, () -> model.gradient(batch, progress));
    return new Outcome(losses, batch.tokens(), model.trainingFlops(batch), dataNanos * 1e-9);
  }

  @Override
  public void close() {}
}
