package io.headwater.ps.codec;

/** The definition. NaN keeps its sign and upper bits and becomes quiet. */
final class ScalarBfloat16 extends ScalarHalf {
  @Override
  public short narrow(float x) {
    int bits = Float.floatToRawIntBits(x);
    int upper = bits >>> 16;
    boolean nan = (bits & 0x7fff_ffff) > 0x7f80_0000;
    // Past the largest finite value the carry runs into the exponent: infinity, as it should be.
    return (short) (nan ? upper | 0x40 : (bits + 0x7fff + (upper & 1)) >>> 16);
  }

  @Override
  public float widen(short half) {
    return Float.intBitsToFloat(half << 16);
  }
}
