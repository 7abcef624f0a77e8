package io.headwater.ps.codec;

/** By plain loops: the definition. NaN keeps its sign and upper bits and becomes quiet. */
final class ScalarBfloat16 implements HalfKernel {
  @Override
  public void narrow(float[] from, int offset, int count, short[] into) {
    for (int i = 0; i < count; i++) {
      into[i] = narrow(from[offset + i]);
    }
  }

  @Override
  public void widen(short[] from, int count, float[] into, int offset) {
    for (int i = 0; i < count; i++) {
      into[offset + i] = widen(from[i]);
    }
  }

  @Override
  public void add(short[] from, int count, float[] sum, int offset) {
    for (int i = 0; i < count; i++) {
      sum[offset + i] += widen(from[i]);
    }
  }

  static short narrow(float x) {
    int bits = Float.floatToRawIntBits(x);
    int upper = bits >>> 16;
    boolean nan = (bits & 0x7fff_ffff) > 0x7f80_0000;
    // Past the largest finite value the carry runs into the exponent: infinity, as it should be.
    return (short) (nan ? upper | 0x40 : (bits + 0x7fff + (upper & 1)) >>> 16);
  }

  static float widen(short half) {
    return Float.intBitsToFloat(half << 16);
  }
}
