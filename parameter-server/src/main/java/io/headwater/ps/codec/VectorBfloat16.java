package io.headwater.ps.codec;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** By the Vector API, eight elements at a time. Shifts choose, not masks: those are slow on 17. */
final class VectorBfloat16 implements HalfKernel {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
  private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_128;

  @Override
  public void narrow(float[] from, int offset, int count, short[] into) {
    int whole = FLOATS.loopBound(count);
    for (int i = 0; i < whole; i += FLOATS.length()) {
      IntVector bits = FloatVector.fromArray(FLOATS, from, offset + i).reinterpretAsInts();
      IntVector upper = bits.lanewise(VectorOperators.LSHR, 16);
      IntVector rounded = bits.add(0x7fff).add(upper.and(1)).lanewise(VectorOperators.LSHR, 16);
      IntVector quiet = upper.or(0x40);
      IntVector nan = // all bits of a lane, or none
          IntVector.broadcast(INTS, 0x7f80_0000)
              .sub(bits.and(0x7fff_ffff))
              .lanewise(VectorOperators.ASHR, 31);
      IntVector half =
          rounded.lanewise(
              VectorOperators.XOR, rounded.lanewise(VectorOperators.XOR, quiet).and(nan));
      ((ShortVector) half.convertShape(VectorOperators.I2S, SHORTS, 0)).intoArray(into, i);
    }
    for (int i = whole; i < count; i++) {
      into[i] = ScalarBfloat16.narrow(from[offset + i]);
    }
  }

  @Override
  public void widen(short[] from, int count, float[] into, int offset) {
    int whole = FLOATS.loopBound(count);
    for (int i = 0; i < whole; i += FLOATS.length()) {
      widen(from, i).intoArray(into, offset + i);
    }
    for (int i = whole; i < count; i++) {
      into[offset + i] = ScalarBfloat16.widen(from[i]);
    }
  }

  @Override
  public void add(short[] from, int count, float[] sum, int offset) {
    int whole = FLOATS.loopBound(count);
    for (int i = 0; i < whole; i += FLOATS.length()) {
      FloatVector.fromArray(FLOATS, sum, offset + i).add(widen(from, i)).intoArray(sum, offset + i);
    }
    for (int i = whole; i < count; i++) {
      sum[offset + i] += ScalarBfloat16.widen(from[i]);
    }
  }

  private static FloatVector widen(short[] from, int i) {
    ShortVector halves = ShortVector.fromArray(SHORTS, from, i);
    return ((IntVector) halves.convertShape(VectorOperators.S2I, INTS, 0))
        .lanewise(VectorOperators.LSHL, 16)
        .reinterpretAsFloats();
  }
}
