package io.headwater.ps.codec;

/** Rounds float32 to 16 bits and widens them again. All versions of a format give the same bits. */
interface HalfKernel {
  /** {@code into[i]} = rounded {@code from[offset + i]} for the first {@code count} elements. */
  void narrow(float[] from, int offset, int count, short[] into);

  /** {@code into[offset + i]} = widened {@code from[i]} for the first {@code count} elements. */
  void widen(short[] from, int count, float[] into, int offset);

  /** {@code sum[offset + i]} += widened {@code from[i]} for the first {@code count} elements. */
  void add(short[] from, int count, float[] sum, int offset);
}
