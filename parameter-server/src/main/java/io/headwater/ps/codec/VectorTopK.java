package io.headwater.ps.codec;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** By the Vector API, eight elements at a time. */
final class VectorTopK implements TopKKernel {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
  private static final int MAGNITUDE = 0x7fff_ffff;

  private final ScalarTopK scalar = new ScalarTopK();

  @Override
  public int max(float[] x, int offset, int count) {
    int whole = FLOATS.loopBound(count);
    IntVector max = IntVector.zero(INTS);
    for (int i = offset; i < offset + whole; i += FLOATS.length()) {
      max = max.max(magnitudes(x, i));
    }
    return Math.max(
        max.reduceLanes(VectorOperators.MAX), scalar.max(x, offset + whole, count - whole));
  }

  @Override
  public int count(float[] x, int offset, int count, int threshold) {
    int whole = FLOATS.loopBound(count);
    IntVector below = IntVector.broadcast(INTS, threshold - 1);
    IntVector found = IntVector.zero(INTS);
    for (int i = offset; i < offset + whole; i += FLOATS.length()) {
      found = found.add(below.sub(magnitudes(x, i)).lanewise(VectorOperators.LSHR, 31));
    }
    return found.reduceLanes(VectorOperators.ADD)
        + scalar.count(x, offset + whole, count - whole, threshold);
  }

  @Override
  public int select(float[] x, int offset, int count, int threshold, int[] indices) {
    int whole = FLOATS.loopBound(count);
    int found = 0;
    for (int i = 0; i < whole; i += FLOATS.length()) {
      if (magnitudes(x, offset + i).compare(VectorOperators.GE, threshold).anyTrue()) {
        for (int lane = i; lane < i + FLOATS.length(); lane++) {
          indices[found] = lane; // without a branch: kept if it counts
          found += (threshold - 1 - ScalarTopK.magnitude(x[offset + lane])) >>> 31;
        }
      }
    }
    for (int i = whole; i < count; i++) {
      indices[found] = i;
      found += (threshold - 1 - ScalarTopK.magnitude(x[offset + i])) >>> 31;
    }
    return found;
  }

  private static IntVector magnitudes(float[] x, int i) {
    return FloatVector.fromArray(FLOATS, x, i).reinterpretAsInts().and(MAGNITUDE);
  }
}
