package io.headwater.worker;

import io.headwater.checkpoint.FlatVector;
import io.headwater.model.GradientProgress;
import io.headwater.model.Losses;

/** Where the gradient of a micro-batch comes from. For the worker's thread. */
interface GradientSource extends AutoCloseable {
  /**
   * What came of a micro-batch, beside its gradient.
   *
   * @param losses means in nats, whose sum is learnt from
   * @param tokens that were read
   * @param flops floating-point operations of the model, forward and backward
   * @param dataSeconds of waiting for the examples
   */
  record Outcome(Losses losses, long tokens, double flops, double dataSeconds) {}

  /** The gradient of the last micro-batch, overwritten by the next. */
  FlatVector vector();

  /**
   * Computes from the weights of {@code step}, which lie in the model, and are there after.
   *
   * @param progress of {@link #vector()} while it is computed; all of it is final in the end,
   *     whatever has been said before
   */
  Outcome compute(long step, int microBatch, GradientProgress progress);

  @Override
  void close();
}
