package io.headwater.ps.codec;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * By the Vector API, a group at a time: what {@link ScalarFloat16} does in each of its branches,
 * then shifts choose. Masks are slow on 17.
 */
final class VectorFloat16 implements HalfKernel {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;

  private final ScalarFloat16 scalar = new ScalarFloat16();

  @Override
  public void narrow(float[] from, int offset, int groups, int[] words) {
    for (int group = 0; group < groups; group++) {
      int at = offset + GROUP * group;
      IntVector upper = rounded(from, at + WORDS).lanewise(VectorOperators.LSHL, 16);
      rounded(from, at).or(upper).intoArray(words, WORDS * group);
    }
  }

  private static IntVector rounded(float[] from, int at) {
    IntVector bits = FloatVector.fromArray(FLOATS, from, at).reinterpretAsInts();
    IntVector magnitude = bits.and(0x7fff_ffff);
    IntVector shifted = magnitude.lanewise(VectorOperators.LSHR, 13);
    IntVector normal =
        magnitude
            .add(0xfff - ScalarFloat16.REBIAS)
            .add(shifted.and(1))
            .lanewise(VectorOperators.LSHR, 13)
            .min(0x7c00);
    IntVector subnormal =
        magnitude.reinterpretAsFloats().add(0.5f).reinterpretAsInts().sub(ScalarFloat16.HALF);
    IntVector half = chosen(normal, subnormal, below(magnitude, ScalarFloat16.FIRST_NORMAL));
    half =
        chosen(shifted.and(0x1ff).or(0x7e00), half, below(magnitude, ScalarFloat16.INFINITY + 1));
    return half.or(bits.lanewise(VectorOperators.LSHR, 16).and(0x8000));
  }

  @Override
  public void widen(int[] words, int groups, float[] into, int offset) {
    for (int group = 0; group < groups; group++) {
      IntVector both = IntVector.fromArray(INTS, words, WORDS * group);
      int at = offset + GROUP * group;
      lower(both).intoArray(into, at);
      upper(both).intoArray(into, at + WORDS);
    }
  }

  @Override
  public void add(int[] words, int groups, float[] sum, int offset) {
    for (int group = 0; group < groups; group++) {
      IntVector both = IntVector.fromArray(INTS, words, WORDS * group);
      int at = offset + GROUP * group;
      FloatVector.fromArray(FLOATS, sum, at).add(lower(both)).intoArray(sum, at);
      int next = at + WORDS;
      FloatVector.fromArray(FLOATS, sum, next).add(upper(both)).intoArray(sum, next);
    }
  }

  private static FloatVector lower(IntVector both) {
    return upper(both.lanewise(VectorOperators.LSHL, 16));
  }

  private static FloatVector upper(IntVector both) {
    IntVector magnitude = both.lanewise(VectorOperators.LSHR, 16).and(0x7fff);
    IntVector shifted = magnitude.lanewise(VectorOperators.LSHL, 13);
    // By an integer's conversion, not a float's product: a subnormal operand takes 150 cycles.
    IntVector subnormal =
        ((FloatVector) magnitude.convertShape(VectorOperators.I2F, FLOATS, 0))
            .mul(0x1p-24f)
            .reinterpretAsInts();
    IntVector normal = shifted.add(ScalarFloat16.REBIAS);
    IntVector value = chosen(normal, subnormal, below(magnitude, 0x400));
    value = chosen(shifted.or(ScalarFloat16.INFINITY), value, below(magnitude, 0x7c00));
    return value.or(both.and(0x8000_0000)).reinterpretAsFloats();
  }

  /** All bits of the lanes below a bound, none of the others. Both are not negative. */
  private static IntVector below(IntVector x, int bound) {
    return x.sub(bound).lanewise(VectorOperators.ASHR, 31);
  }

  private static IntVector chosen(IntVector otherwise, IntVector where, IntVector lanes) {
    return otherwise.lanewise(
        VectorOperators.XOR, otherwise.lanewise(VectorOperators.XOR, where).and(lanes));
  }

  @Override
  public short narrow(float x) {
    return scalar.narrow(x);
  }

  @Override
  public float widen(short half) {
    return scalar.widen(half);
  }
}
