package io.headwater.ps.codec;

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
  private static final int SIGN = 1 << 31;

  private final float[] clearOfGroup = new float[LANES];
  private final float[] setOfGroup = new float[LANES];

  @Override
  public void encode(
      float[] from, int offset, int groups, int[] words, double[] clear, double[] set) {
    for (int group = 0; group < groups; group++) {
      encode(from, offset + group * GROUP, words, group * LANES);
      for (int lane = 0; lane < LANES; lane++) {
        clear[lane] += clearOfGroup[lane];
        set[lane] += setOfGroup[lane];
      }
    }
  }

  private void encode(float[] from, int first, int[] words, int at) {
    IntVector word = IntVector.zero(INTS);
    FloatVector clear = FloatVector.zero(FLOATS);
    FloatVector set = FloatVector.zero(FLOATS);
    for (int i = first; i < first + GROUP; i += LANES) {
      IntVector bits = FloatVector.fromArray(FLOATS, from, i).reinterpretAsInts();
      IntVector signs = bits.lanewise(VectorOperators.ASHR, 31);
      // After 32 shifts the first sign is bit 0.
      word = word.lanewise(VectorOperators.LSHR, 1).or(bits.and(SIGN));
      IntVector negative = bits.and(signs); // or 0
      clear = clear.add(bits.lanewise(VectorOperators.XOR, negative).reinterpretAsFloats());
      set = set.add(negative.and(~SIGN).reinterpretAsFloats());
    }
    word.intoArray(words, at);
    clear.intoArray(clearOfGroup, 0);
    set.intoArray(setOfGroup, 0);
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
