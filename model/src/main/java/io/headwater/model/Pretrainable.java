package io.headwater.model;

import java.util.List;

/** Learns from text alone, by its {@link Objective}. */
public interface Pretrainable extends Model {
  /**
   * Forward and backward.
   *
   * @return mean loss in nats; {@link #gradients()} holds its gradient
   */
  double gradient(Batch batch);

  /**
   * Forward only, without dropout.
   *
   * @return cross-entropies in nats and accuracies; the first is the cross-entropy of the tokens
   */
  List<Measure> measure(Batch batch);
}
