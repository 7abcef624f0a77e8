package io.headwater.ps.optimizer;

import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.ps.protocol.ChunkSize;

/**
 * The parameter server's arithmetic in one process, on a model's own vectors: for fine-tuning, and
 * as the reference for the distributed one, which gives the same bits.
 *
 * <p>Holds optimizer state for the whole model. Not thread-safe.
 */
public final class LocalOptimizer {
  private final OptimizerConfig config;
  private final Optimizer optimizer;
  private final long elements;
  private final double[] blockSums;
  private final double[] lanes = new double[Kernels.LANES];
  private final float[] weights = new float[ChunkSize.BLOCK];
  private final float[] gradient = new float[ChunkSize.BLOCK];
  private final int tensors;
  private long step;

  public LocalOptimizer(OptimizerConfig config, TensorLayout layout) {
    this.config = config;
    this.elements = layout.elements();
    this.optimizer = new Optimizer(config, layout, 0, elements);
    this.tensors = layout.entries().size();
    this.blockSums = new double[ChunkSize.blocks(elements)];
  }

  /**
   * Clips {@code gradients} by their global norm if the configuration says so, and updates {@code
   * parameters}. Rules that need norms of tensors leave their update in {@code gradients}.
   *
   * @return the norm before clipping
   * @throws ArithmeticException if the norm is not finite; the parameters are then unchanged
   */
  public double step(FlatVector parameters, FlatVector gradients, float learningRate) {
    double norm = norm(gradients);
    if (!Double.isFinite(norm)) {
      throw new ArithmeticException(
          "Cannot update the parameters: the gradient norm of step " + step + " is " + norm);
    }
    float scale = config.clips() ? GradientNorm.clipScale(norm, config.gradientClip()) : 1f;
    optimizer.begin(step, learningRate);
    if (optimizer.needsNorms()) {
      prepare(parameters, gradients, scale);
    }
    for (int block = 0; block < blockSums.length; block++) {
      int count = read(parameters, gradients, block);
      optimizer.update(block, 0, weights, gradient, count, scale);
      parameters.write((long) block * ChunkSize.BLOCK, weights, 0, count);
    }
    step++;
    return norm;
  }

  private int read(FlatVector parameters, FlatVector gradients, int block) {
    long from = (long) block * ChunkSize.BLOCK;
    int count = Blocks.count(elements, block);
    parameters.read(from, weights, 0, count);
    gradients.read(from, gradient, 0, count);
    return count;
  }

  private void prepare(FlatVector parameters, FlatVector gradients, float scale) {
    for (int block = 0; block < blockSums.length; block++) {
      int count = read(parameters, gradients, block);
      optimizer.prepare(block, 0, weights, gradient, count, scale);
      gradients.write((long) block * ChunkSize.BLOCK, gradient, 0, count);
    }
    TensorNorms norms = optimizer.norms();
    optimizer.trust(TensorNorms.trust(tensors, norms.tensors(), norms.sums()));
  }

  private double norm(FlatVector gradients) {
    for (int block = 0; block < blockSums.length; block++) {
      int count = Blocks.count(elements, block);
      gradients.read((long) block * ChunkSize.BLOCK, gradient, 0, count);
      Kernels.sumOfSquares(gradient, count, lanes);
      blockSums[block] = GradientNorm.blockSum(lanes);
    }
    return GradientNorm.norm(blockSums);
  }
}
