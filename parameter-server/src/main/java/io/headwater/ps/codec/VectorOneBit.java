package io.headwater.ps.codec;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * By the Vector API: a word of a group is a lane. Shifts choose, not masks: those are slow on 17.
 */
final class VectorOneBit implements OneBitKernel {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_256;
  private static final int SIGN = 1 << 31;

  @Override
  public void encode(
      float[] from, int offset, int groups, int[] words, double[] clear, double[] set) {
    DoubleVector clearLow = DoubleVector.fromArray(DOUBLES, clear, 0);
    DoubleVector clearHigh = DoubleVector.fromArray(DOUBLES, clear, DOUBLES.length());
    DoubleVector setLow = DoubleVector.fromArray(DOUBLES, set, 0);
    DoubleVector setHigh = DoubleVector.fromArray(DOUBLES, set, DOUBLES.length());
    for (int group = 0; group < groups; group++) {
      int first = offset + group * GROUP;
      IntVector word = IntVector.zero(INTS);
      for (int i = first; i < first + GROUP; i += LANES) {
        IntVector bits = FloatVector.fromArray(FLOATS, from, i).reinterpretAsInts();
        // After 32 shifts the first sign is bit 0.
        word = word.lanewise(VectorOperators.LSHR, 1).or(bits.and(SIGN));
        IntVector negative = bits.and(bits.lanewise(VectorOperators.ASHR, 31)); // bits or 0
        FloatVector isClear = bits.lanewise(VectorOperators.XOR, negative).reinterpretAsFloats();
        FloatVector isSet = negative.and(~SIGN).reinterpretAsFloats();
        clearLow = clearLow.add(part(isClear, 0));
        clearHigh = clearHigh.add(part(isClear, 1));
        setLow = setLow.add(part(isSet, 0));
        setHigh = setHigh.add(part(isSet, 1));
      }
      word.intoArray(words, group * LANES);
    }
    clearLow.intoArray(clear, 0);
    clearHigh.intoArray(clear, DOUBLES.length());
    setLow.intoArray(set, 0);
    setHigh.intoArray(set, DOUBLES.length());
  }

  private static DoubleVector part(FloatVector x, int part) {
    return (DoubleVector) x.convertShape(VectorOperators.F2D, DOUBLES, part);
  }

  @Override
  public void decode(int[] words, int groups, float clear, float set, float[] into) {
    int ifClear = Float.floatToRawIntBits(clear);
    int difference = ifClear ^ Float.floatToRawIntBits(set);
    for (int group = 0; group < groups; group++) {
      IntVector word = IntVector.fromArray(INTS, words, group * LANES);
      int end = (group + 1) * GROUP;
      for (int i = group * GROUP; i < end; i += LANES) {
        values(word, ifClear, difference).intoArray(into, i);
        word = word.lanewise(VectorOperators.LSHR, 1);
      }
    }
  }

  @Override
  public void add(int[] words, int groups, float clear, float set, float[] sum) {
    int ifClear = Float.floatToRawIntBits(clear);
    int difference = ifClear ^ Float.floatToRawIntBits(set);
    for (int group = 0; group < groups; group++) {
      IntVector word = IntVector.fromArray(INTS, words, group * LANES);
      int end = (group + 1) * GROUP;
      for (int i = group * GROUP; i < end; i += LANES) {
        FloatVector.fromArray(FLOATS, sum, i)
            .add(values(word, ifClear, difference))
            .intoArray(sum, i);
        word = word.lanewise(VectorOperators.LSHR, 1);
      }
    }
  }

  /** Of the sign in bit 0. */
  private static FloatVector values(IntVector word, int ifClear, int difference) {
    return word.lanewise(VectorOperators.LSHL, 31)
        .lanewise(VectorOperators.ASHR, 31)
        .and(difference)
        .lanewise(VectorOperators.XOR, ifClear)
        .reinterpretAsFloats();
  }
}
