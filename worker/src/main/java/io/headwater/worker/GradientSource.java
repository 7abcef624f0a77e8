package io.headwater.worker;

import io.headwater.checkpoint.FlatVector;

/** Where the gradient of a micro-batch comes from. For the worker's thread. */
interface GradientSource extends AutoCloseable {
  /**
   * A micro-batch's gradient.
   *
   * @param vector valid until the next call
   * @param loss mean over the tokens, in nats
   */
  record Gradient(FlatVector vector, double loss, long tokens) {}

  /** Computes from the weights of {@code step}, which lie in the model, and are there after. */
  Gradient compute(long step, int microBatch);

  @Override
  void close();
}
