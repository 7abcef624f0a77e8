package io.headwater.ps.optimizer;

import io.headwater.checkpoint.FlatVector;

/** The Euclidean norm of a flat vector, in double precision; for one thread. */
public final class VectorNorm {
  private static final int PIECE = 4096; // elements; stays in the first-level cache

  private final ScaledSquares kernel = ScaledSquares.best();
  private final float[] piece = new float[PIECE];
  private final double[] lanes = new double[Kernels.LANES];

  public double of(FlatVector vector) {
    for (long from = 0; from < vector.elements(); from += PIECE) {
      int count = (int) Math.min(PIECE, vector.elements() - from);
      vector.read(from, piece, 0, count);
      kernel.scaleAndSum(piece, count, 1f, lanes);
    }
    return Math.sqrt(GradientNorm.blockSum(lanes));
  }
}
