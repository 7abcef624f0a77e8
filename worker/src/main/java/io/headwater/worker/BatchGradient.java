package io.headwater.worker;

import io.headwater.model.Batch;
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
  public Gradient compute(long step, int microBatch) {
    Batch batch = metrics.time(Phase.DATA, () -> sampling.read(examples, step, microBatch));
    double loss = metrics.time(Phase.GRADIENT, () -> model.gradient(batch));
    return new Gradient(model.gradients(), loss, batch.tokens());
  }

  @Override
  public void close() {}
}
