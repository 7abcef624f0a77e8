package io.headwater.model;

import java.util.List;

/** Learns from text alone, by its {@link Objective}. */
public interface Pretrainable extends Model {
  /**
   * Forward and backward.
   *
   * @return mean loss in nats; {@link #gradients()} holds its gradient
   */
  default double gradient(Batch batch) {
    return gradient(batch, GradientProgress.NONE);
  }

  /**
   * Forward and backward.
   *
   * @param progress is told of {@link #gradients()} as they become final; to be quick about it
   * @return mean loss in nats; {@link #gradients()} holds its gradient
   */
  double gradient(Batch batch, GradientProgress progress);

  /**
   * Forward only, without dropout.
   *
   * @return cross-entropies in nats and accuracies; the first is the cross-entropy of the tokens
   */
  List<Measure> measure(Batch batch);
}
