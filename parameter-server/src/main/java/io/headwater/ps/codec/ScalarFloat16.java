package io.headwater.ps.codec;

/** The definition. NaN keeps its sign and upper bits and becomes quiet. */
final class ScalarFloat16 extends ScalarHalf {
  static final int INFINITY = 0x7f80_0000;
  static final int FIRST_NORMAL = 0x3880_0000; // 2^-14
  static final int HALF = 0x3f00_0000; // 0.5f
  static final int REBIAS = (127 - 15) << 23;
  private static final int FIRST_INFINITE = 0x477f_f000; // 65,520: halfway past the largest

  @Override
  public short narrow(float x) {
    int bits = Float.floatToRawIntBits(x);
    return (short) ((bits >>> 16 & 0x8000) | magnitude(bits & 0x7fff_ffff));
  }

  private static int magnitude(int bits) {
    if (bits > INFINITY) {
      return 0x7e00 | (bits >>> 13 & 0x1ff);
    }
    if (bits >= FIRST_INFINITE) {
      return 0x7c00;
    }
    if (bits < FIRST_NORMAL) {
      // The last bit of [0.5, 1) is worth 2^-24, as that of a subnormal half is: the sum rounds.
      return Float.floatToRawIntBits(Float.intBitsToFloat(bits) + 0.5f) - HALF;
    }
    return (bits - REBIAS + 0xfff + (bits >>> 13 & 1)) >>> 13;
  }

  @Override
  public float widen(short half) {
    int magnitude = half & 0x7fff;
    int sign = (half & 0x8000) << 16;
    return Float.intBitsToFloat(sign | wide(magnitude));
  }

  private static int wide(int magnitude) {
    if (magnitude >= 0x7c00) {
      return INFINITY | (magnitude & 0x3ff) << 13;
    }
    return magnitude < 0x400
        ? Float.floatToRawIntBits(magnitude * 0x1p-24f)
        : (magnitude << 13) + REBIAS;
  }
}
