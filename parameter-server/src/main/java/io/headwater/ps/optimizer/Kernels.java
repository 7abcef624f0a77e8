package io.headwater.ps.optimizer;

/**
 * The arithmetic on chunks of float32.
 *
 * <p>Plain loops over arrays, which the compiler turns into vector instructions; each element gets
 * the same operations in the same order wherever a chunk starts, so the bits do not depend on how a
 * vector is cut. All arrays of a loop share its index: with an offset for each, JDK 17 leaves the
 * loop scalar (AdamW: 2.5 instead of 0.3 ns an element).
 */
public final class Kernels {
  /** Independent partial sums of {@link #sumOfSquares}. */
  public static final int LANES = 8;

  private Kernels() {}

  /** {@code sum[i] += addend[i]} for the first {@code count} elements. */
  public static void add(float[] sum, float[] addend, int count) {
    for (int i = 0; i < count; i++) {
      sum[i] += addend[i];
    }
  }

  /** {@code x[i] *= factor} for the first {@code count} elements. */
  public static void scale(float[] x, int count, float factor) {
    for (int i = 0; i < count; i++) {
      x[i] *= factor;
    }
  }

  /**
   * Adds the squares of the first {@code count} elements to {@code lanes}: element i to lane {@code
   * i % 8}. A long vector may come in pieces of a multiple of 8.
   */
  public static void sumOfSquares(float[] x, int count, double[] lanes) {
    double s0 = lanes[0];
    double s1 = lanes[1];
    double s2 = lanes[2];
    double s3 = lanes[3];
    double s4 = lanes[4];
    double s5 = lanes[5];
    double s6 = lanes[6];
    double s7 = lanes[7];
    int whole = count - count % LANES;
    for (int i = 0; i < whole; i += LANES) {
      s0 += (double) x[i] * x[i];
      s1 += (double) x[i + 1] * x[i + 1];
      s2 += (double) x[i + 2] * x[i + 2];
      s3 += (double) x[i + 3] * x[i + 3];
      s4 += (double) x[i + 4] * x[i + 4];
      s5 += (double) x[i + 5] * x[i + 5];
      s6 += (double) x[i + 6] * x[i + 6];
      s7 += (double) x[i + 7] * x[i + 7];
    }
    lanes[0] = s0;
    lanes[1] = s1;
    lanes[2] = s2;
    lanes[3] = s3;
    lanes[4] = s4;
    lanes[5] = s5;
    lanes[6] = s6;
    lanes[7] = s7;
    for (int i = whole; i < count; i++) {
      lanes[i - whole] += (double) x[i] * x[i];
    }
  }

  /** Whether none of the first {@code count} elements is infinite or NaN. */
  public static boolean allFinite(float[] x, int count) {
    // x * 0 is 0, or NaN; a sum of them remembers any NaN.
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    int whole = count - count % LANES;
    for (int i = 0; i < whole; i += LANES) {
      s0 += x[i] * 0f;
      s1 += x[i + 1] * 0f;
      s2 += x[i + 2] * 0f;
      s3 += x[i + 3] * 0f;
      s4 += x[i + 4] * 0f;
      s5 += x[i + 5] * 0f;
      s6 += x[i + 6] * 0f;
      s7 += x[i + 7] * 0f;
    }
    for (int i = whole; i < count; i++) {
      s0 += x[i] * 0f;
    }
    return s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 == 0f;
  }

  /**
   * Adds the squares of elements {@code from} to {@code to - 1}: that of element i to lane {@code
   * first + i % 8}, in order, so pieces may be cut anywhere.
   */
  static void sumOfSquares(float[] x, int from, int to, double[] lanes, int first) {
    int i = from;
    for (; i < to && i % LANES != 0; i++) {
      lanes[first + i % LANES] += (double) x[i] * x[i];
    }
    double s0 = lanes[first];
    double s1 = lanes[first + 1];
    double s2 = lanes[first + 2];
    double s3 = lanes[first + 3];
    double s4 = lanes[first + 4];
    double s5 = lanes[first + 5];
    double s6 = lanes[first + 6];
    double s7 = lanes[first + 7];
    for (; i + LANES <= to; i += LANES) {
      s0 += (double) x[i] * x[i];
      s1 += (double) x[i + 1] * x[i + 1];
      s2 += (double) x[i + 2] * x[i + 2];
      s3 += (double) x[i + 3] * x[i + 3];
      s4 += (double) x[i + 4] * x[i + 4];
      s5 += (double) x[i + 5] * x[i + 5];
      s6 += (double) x[i + 6] * x[i + 6];
      s7 += (double) x[i + 7] * x[i + 7];
    }
    lanes[first] = s0;
    lanes[first + 1] = s1;
    lanes[first + 2] = s2;
    lanes[first + 3] = s3;
    lanes[first + 4] = s4;
    lanes[first + 5] = s5;
    lanes[first + 6] = s6;
    lanes[first + 7] = s7;
    for (; i < to; i++) {
      lanes[first + i % LANES] += (double) x[i] * x[i];
    }
  }
}
