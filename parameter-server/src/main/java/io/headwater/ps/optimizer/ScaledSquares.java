package io.headwater.ps.optimizer;

import io.headwater.ps.KernelVersion;

/**
 * The kernel between a gradient's sum and its norm: scales a chunk and sums its squares, in one
 * pass. All versions give the same bits.
 */
public interface ScaledSquares {
  /**
   * {@code x[i] *= factor} for the first {@code count} elements, whose squares are then added, in
   * double precision, to {@code lanes}: that of element i to lane {@code i % 8}. A long vector may
   * come in pieces of a multiple of 8.
   */
  void scaleAndSum(float[] x, int count, float factor, double[] lanes);

  /** The version that {@link KernelVersion#best()} names. */
  static ScaledSquares best() {
    return Choice.BEST;
  }

  /** Made once: one class for the compiler to inline. */
  final class Choice {
    private static final ScaledSquares BEST = of(KernelVersion.best());

    private Choice() {}

    static ScaledSquares of(KernelVersion version) {
      return version == KernelVersion.VECTOR
          ? new VectorScaledSquares()
          : new ScalarScaledSquares();
    }
  }
}
