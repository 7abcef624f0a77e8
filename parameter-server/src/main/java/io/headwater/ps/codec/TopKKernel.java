package io.headwater.ps.codec;

/**
 * Compares magnitudes, which do as the bits of a float32 without its sign. All versions give the
 * same results.
 */
interface TopKKernel {
  /** The largest magnitude's bits; those of a NaN are above all others. */
  int max(float[] x, int offset, int count);

  /** How many magnitudes have bits of at least {@code threshold}, which is not negative. */
  int count(float[] x, int offset, int count, int threshold);

  /** Writes the indices, from {@code offset} on, of those counted above; returns how many. */
  int select(float[] x, int offset, int count, int threshold, int[] indices);
}
