package io.headwater.ps.optimizer;

/** By plain loops: the definition. */
final class ScalarScaledSquares implements ScaledSquares {
  @Override
  public void scaleAndSum(float[] x, int count, float factor, double[] lanes) {
    Kernels.scale(x, count, factor);
    Kernels.sumOfSquares(x, count, lanes);
  }
}
