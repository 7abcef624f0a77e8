package io.headwater.ps.server;

import io.headwater.ps.optimizer.GradientNorm;
import io.headwater.ps.optimizer.Kernels;
import io.headwater.ps.optimizer.ScaledSquares;
import io.headwater.ps.protocol.ChunkSize;

/**
 * How large a replica's weights are, and what a step adds to them, in sums of squares.
 *
 * <p>A chunk is measured while it is in the cache, by two copies, a difference and two sums, which
 * take no longer than its update by AdamW. Only the first step and then one in {@value #EVERY} is,
 * so that steps take less than 1 % longer on average. On the replica's thread.
 */
final class UpdateSize {
  static final int EVERY = 100;

  private final ScaledSquares kernel = ScaledSquares.best();
  private final float[] before = new float[ChunkSize.BLOCK];
  private final float[] after = new float[ChunkSize.BLOCK];
  private final double[] lanes = new double[Kernels.LANES];
  private boolean measured;
  private double weightSquares = Double.NaN;
  private double updateSquares = Double.NaN;

  /** Another step, of which nothing is known yet. */
  void open(boolean isMeasured) {
    measured = isMeasured;
    weightSquares = measured ? 0 : Double.NaN;
    updateSquares = weightSquares;
  }

  /**
   * Whether a step is one that is measured: the same ones at all replicas.
   *
   * @param step number of updates made before
   * @param steps by how many the update goes on
   */
  static boolean isDue(long step, long firstStep, int steps) {
    return step == firstStep || step / EVERY != (step + steps) / EVERY;
  }

  /** Some weights are about to be changed. */
  void beforeUpdate(float[] weights, int offset, int count) {
    if (measured) {
      System.arraycopy(weights, offset, before, 0, count);
    }
  }

  /** They are changed. */
  void afterUpdate(float[] weights, int offset, int count) {
    if (!measured) {
      return;
    }
    System.arraycopy(weights, offset, after, 0, count);
    for (int i = 0; i < count; i++) {
      before[i] = after[i] - before[i];
    }
    weightSquares += squares(after, count);
    updateSquares += squares(before, count);
  }

  private double squares(float[] values, int count) {
    kernel.scaleAndSum(values, count, 1f, lanes);
    return GradientNorm.blockSum(lanes);
  }

  /** Of all weights; NaN if the step is not measured. */
  double weightSquares() {
    return weightSquares;
  }

  /** Of what has been added to them; NaN if the step is not measured. */
  double updateSquares() {
    return updateSquares;
  }
}
