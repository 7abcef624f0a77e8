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
    return gradient(batch, GradientProgress.NONE).sum();
  }

  /**
   * Forward and backward.
   *
   * @param progress is told of {@link #gradients()} as they become final; to be quick about it
   * @return mean losses in nats; {@link #gradients()} holds the gradient of their sum
   */
  Losses gradient(Batch batch, GradientProgress progress);

  /**
   * Floating-point operations that learning from a batch takes, what is computed twice counted
   * once: six for each weight of a matrix and token that meets it, and the products of attention
   * (Chowdhery et al., arXiv:2204.02311, appendix B). What fills up a sequence does not count.
   */
  double trainingFlops(Batch batch);

  /**
   * Forward only, without dropout.
   *
   * @return cross-entropies in nats and accuracies; the first is the cross-entropy of the tokens
   */
  List<Measure> measure(Batch batch);
}
