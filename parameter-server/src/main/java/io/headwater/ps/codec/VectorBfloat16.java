package io.headwater.ps.codec;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * By the Vector API, a group at a time. Shifts choose, not masks: those are slow on 17. The loops
 * are those of {@link VectorFloat16}, too: shared, they would call the conversions of both formats,
 * and vectors that a call does not inline become objects.
 */
final class VectorBfloat16 implements HalfKernel {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
  private static final int UPPER = 0xffff_0000;

  private final ScalarBfloat16 scalar = new ScalarBfloat16();

  @Override
  public void narrow(float[] from, int offset, int groups, int[] words) {
    for (int group = 0; group < groups; group++) {
      int at = offset + GROUP * group;
      IntVector lower = rounded(from, at).lanewise(VectorOperators.LSHR, 16);
      rounded(from, at + WORDS).and(UPPER).or(lower).intoArray(words, WORDS * group);
    }
  }

  /** The upper halves are the elements rounded, the lower ones are of no account. */
  private static IntVector rounded(float[] from, int at) {
    IntVector bits = FloatVector.fromArray(FLOATS, from, at).reinterpretAsInts();
    IntVector odd = bits.lanewise(VectorOperators.LSHR, 16).and(1);
    IntVector rounded = bits.add(0x7fff).add(odd);
    IntVector quiet = bits.or(0x40_0000);
    IntVector nan = // all bits of a lane, or none
        IntVector.broadcast(INTS, 0x7f80_0000)
            .sub(bits.and(0x7fff_ffff))
            .lanewise(VectorOperators.ASHR, 31);
    return rounded.lanewise(
        VectorOperators.XOR, rounded.lanewise(VectorOperators.XOR, quiet).and(nan));
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
    return both.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }

  private static FloatVector upper(IntVector both) {
    return both.and(UPPER).reinterpretAsFloats();
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
