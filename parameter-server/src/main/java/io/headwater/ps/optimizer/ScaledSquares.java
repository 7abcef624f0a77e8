package io.headwater.ps.optimizer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

  /**
   * The fastest version that this virtual machine has. System property {@code headwater.kernels}
   * ({@code scalar} or {@code vector}) asks for one.
   */
  static ScaledSquares best() {
    return Choice.BEST;
  }

  /** Made once, and said once. */
  final class Choice {
    private static final Logger LOG = LoggerFactory.getLogger(ScaledSquares.class);
    private static final ScaledSquares BEST = choose(System.getProperty("headwater.kernels", ""));

    private Choice() {}

    static ScaledSquares choose(String asked) {
      boolean vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
      if (!asked.isEmpty() && !asked.equals("scalar") && !asked.equals("vector")) {
        throw new IllegalArgumentException(
            "Cannot use headwater.kernels=" + asked + ": must be scalar or vector");
      }
      if (asked.equals("vector") && !vectors) {
        throw new IllegalArgumentException(
            "Cannot use headwater.kernels=vector: the virtual machine was started without"
                + " --add-modules=jdk.incubator.vector");
      }
      boolean vector = vectors && !asked.equals("scalar");
      LOG.info("kernels: {}", vector ? "vector" : "scalar");
      return vector ? new VectorScaledSquares() : new ScalarScaledSquares();
    }
  }
}
