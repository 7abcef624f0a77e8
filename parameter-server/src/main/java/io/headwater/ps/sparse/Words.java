package io.headwater.ps.sparse;

/**
 * 64-bit integers in float32 tensors: four words of 16 bits, the least significant first, each the
 * float of an integer in [0, 65535].
 */
final class Words {
  /** Floats of one integer. */
  static final int COUNT = 4;

  private static final int BITS = 16;
  private static final int MASK = (1 << BITS) - 1;

  private Words() {}

  static void put(long value, float[] into, int offset) {
    for (int i = 0; i < COUNT; i++) {
      into[offset + i] = of(value, i);
    }
  }

  /** Word number {@code i} of an integer. */
  static float of(long value, int i) {
    return (int) (value >>> (BITS * i)) & MASK;
  }

  static long get(float[] from, int offset) {
    long value = 0;
    for (int i = 0; i < COUNT; i++) {
      value |= ((long) from[offset + i] & MASK) << (BITS * i);
    }
    return value;
  }
}
