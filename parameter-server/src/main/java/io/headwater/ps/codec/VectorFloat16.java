package io.headwater.ps.codec;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * By the Vector API, eight elements at a time: what {@link ScalarFloat16} does in each of its
 * branches, then shifts choose. Masks are slow on 17.
 */
final class VectorFloat16 implements HalfKernel {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
  private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_128;

  @Override
  public void narrow(float[] from, int offset, int count, short[] into) {
    int whole = FLOATS.loopBound(count);
    for (int i = 0; i < whole; i += FLOATS.length()) {
      IntVector bits = FloatVector.fromArray(FLOATS, from, offset + i).reinterpretAsInts();
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
      half = half.or(bits.lanewise(VectorOperators.LSHR, 16).and(0x8000));
      ((ShortVector) half.convertShape(VectorOperators.I2S, SHORTS, 0)).intoArray(into, i);
    }
    for (int i = whole; i < count; i++) {
      into[i] = ScalarFloat16.narrow(from[offset + i]);
    }
  }

  @Override
  public void widen(short[] from, int count, float[] into, int offset) {
    int whole = FLOATS.loopBound(count);
    for (int i = 0; i < whole; i += FLOATS.length()) {
      widen(from, i).intoArray(into, offset + i);
    }
    for (int i = whole; i < count; i++) {
      into[offset + i] = ScalarFloat16.widen(from[i]);
    }
  }

  @Override
  public void add(short[] from, int count, float[] sum, int offset) {
    int whole = FLOATS.loopBound(count);
    for (int i = 0; i < whole; i += FLOATS.length()) {
      FloatVector.fromArray(FLOATS, sum, offset + i).add(widen(from, i)).intoArray(sum, offset + i);
    }
    for (int i = whole; i < count; i++) {
      sum[offset + i] += ScalarFloat16.widen(from[i]);
    }
  }

  private static FloatVector widen(short[] from, int i) {
    ShortVector halves = ShortVector.fromArray(SHORTS, from, i);
    IntVector wide = (IntVector) halves.convertShape(VectorOperators.S2I, INTS, 0);
    IntVector magnitude = wide.and(0x7fff);
    IntVector shifted = magnitude.lanewise(VectorOperators.LSHL, 13);
    // By an integer's conversion, not a float's product: a subnormal operand takes 150 cycles.
    IntVector subnormal =
        ((FloatVector) magnitude.convertShape(VectorOperators.I2F, FLOATS, 0))
            .mul(0x1p-24f)
            .reinterpretAsInts();
    IntVector normal = shifted.add(ScalarFloat16.REBIAS);
    IntVector value = chosen(normal, subnormal, below(magnitude, 0x400));
    value = chosen(shifted.or(ScalarFloat16.INFINITY), value, below(magnitude, 0x7c00));
    return value.or(wide.and(0x8000_0000)).reinterpretAsFloats();
  }

  /** All bits of the lanes below a bound, none of the others. Both are not negative. */
  private static IntVector below(IntVector x, int bound) {
    return x.sub(bound).lanewise(VectorOperators.ASHR, 31);
  }

  private static IntVector chosen(IntVector otherwise, IntVector where, IntVector lanes) {
    return otherwise.lanewise(
        VectorOperators.XOR, otherwise.lanewise(VectorOperators.XOR, where).and(lanes));
  }
}
