package io.headwater.ps.optimizer;

import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;

/**
 * The parameter server's arithmetic in one process, on a model's own vectors: for fine-tuning, and
 * as the reference for the distributed one, which gives the same bits.
 *
 * <p>Holds optimizer state for the whole model. Not thread-safe.
 */
public final class LocalOptimizer {
  public LocalOptimizer(OptimizerConfig config, TensorLayout layout) {}

  /**
   * Clips {@code gradients} by their global norm if the configuration says so, and updates {@code
   * parameters}.
   *
   * @return the norm before clipping
   * @throws ArithmeticException if the norm is not finite; the parameters are then unchanged
   */
  public double step(FlatVector parameters, FlatVector gradients, float learningRate) {
    throw new UnsupportedOperationException();
  }
}
