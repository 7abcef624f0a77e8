package io.headwater.ps.codec;

/** By plain loops: the definition. */
final class ScalarTopK implements TopKKernel {
  private static final int MAGNITUDE = 0x7fff_ffff;

  @Override
  public int max(float[] x, int offset, int count) {
    int max = 0;
    for (int i = offset; i < offset + count; i++) {
      max = Math.max(max, magnitude(x[i]));
    }
    return max;
  }

  @Override
  public int count(float[] x, int offset, int count, int threshold) {
    int found = 0;
    for (int i = offset; i < offset + count; i++) {
      found += (threshold - 1 - magnitude(x[i])) >>> 31;
    }
    return found;
  }

  @Override
  public int select(float[] x, int offset, int count, int threshold, int[] indices) {
    int found = 0;
    for (int i = 0; i < count; i++) {
      indices[found] = i; // without a branch: kept if it counts
      found += (threshold - 1 - magnitude(x[offset + i])) >>> 31;
    }
    return found;
  }

  static int magnitude(float x) {
    return Float.floatToRawIntBits(x) & MAGNITUDE;
  }
}
