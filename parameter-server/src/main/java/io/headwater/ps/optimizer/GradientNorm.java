package io.headwater.ps.optimizer;

import java.util.Arrays;

/**
 * The global gradient norm, with the same bits however the vector is split: squares are summed per
 * norm block in {@value Kernels#LANES} lanes, then over blocks in order, all in double precision.
 */
public final class GradientNorm {
  private static final double SMALL = 1e-6;

  private GradientNorm() {}

  /** The sum of a block's lanes; clears them for the next block. */
  public static double blockSum(double[] lanes) {
    double sum = sum(lanes, 0);
    Arrays.fill(lanes, 0);
    return sum;
  }

  /** The sum of the eight lanes from {@code first} on. */
  static double sum(double[] lanes, int first) {
    return ((lanes[first] + lanes[first + 1]) + (lanes[first + 2] + lanes[first + 3]))
        + ((lanes[first + 4] + lanes[first + 5]) + (lanes[first + 6] + lanes[first + 7]));
  }

  /** Norm from all block sums, in block order. */
  public static double norm(double[] blockSums) {
    double sum = 0;
    for (double block : blockSums) {
      sum += block;
    }
    return Math.sqrt(sum);
  }

  /** Factor that brings a gradient of norm {@code norm} down to {@code limit}; 1 if it is below. */
  public static float clipScale(double norm, float limit) {
    return norm > limit ? (float) (limit / (norm + SMALL)) : 1f;
  }
}
