package io.headwater.finetune;

import java.util.Arrays;

/**
 * The product of two thin matrices that is added to a stored matrix, {@code M = base + scale L^T
 * R}, with M (rows, cols), L (rank, rows), R (rank, cols), all row-major.
 *
 * @param rows of the stored matrix
 * @param cols of the stored matrix
 */
record LowRank(int rows, int cols, int rank, float scale) {
  /** Writes M. */
  void merge(float[] base, float[] left, float[] right, float[] merged) {
    System.arraycopy(base, 0, merged, 0, rows * cols);
    for (int row = 0; row < rows; row++) {
      for (int k = 0; k < rank; k++) {
        float factor = scale * left[k * rows + row];
        addScaled(factor, right, k * cols, merged, row * cols);
      }
    }
  }

  /** Writes the gradients of L and R, given that of M. */
  void backward(float[] dm, float[] left, float[] right, float[] dLeft, float[] dRight) {
    Arrays.fill(dRight, 0, rank * cols, 0);
    for (int row = 0; row < rows; row++) {
      for (int k = 0; k < rank; k++) {
        addScaled(scale * left[k * rows + row], dm, row * cols, dRight, k * cols);
        dLeft[k * rows + row] = scale * dot(dm, row * cols, right, k * cols);
      }
    }
  }

  private void addScaled(float factor, float[] from, int fromAt, float[] to, int toAt) {
    for (int i = 0; i < cols; i++) {
      to[toAt + i] += factor * from[fromAt + i];
    }
  }

  /** Four sums side by side: one alone would wait for itself. */
  private float dot(float[] a, int aAt, float[] b, int bAt) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int i = 0;
    for (; i + 3 < cols; i += 4) {
      sum0 += a[aAt + i] * b[bAt + i];
      sum1 += a[aAt + i + 1] * b[bAt + i + 1];
      sum2 += a[aAt + i + 2] * b[bAt + i + 2];
      sum3 += a[aAt + i + 3] * b[bAt + i + 3];
    }
    for (; i < cols; i++) {
      sum0 += a[aAt + i] * b[bAt + i];
    }
    return sum0 + sum1 + (sum2 + sum3);
  }
}
