package io.headwater.ps.codec;

/**
 * Signs of elements, in groups of {@value #GROUP} which lie in {@value #LANES} words: bit j of word
 * l is that of element {@code 8 j + l}, so a vector's lane needs no bit of another. All versions
 * give the same bits.
 */
interface OneBitKernel {
  int LANES = 8;
  int GROUP = LANES * Integer.SIZE;

  /**
   * Collects the sign bits of whole groups, and sums the magnitudes of those elements without sign
   * bit and of those with it: element i in lane {@code i % 8}, each group in single precision, the
   * groups in double.
   */
  void encode(float[] from, int offset, int groups, int[] words, double[] clear, double[] set);

  /** {@code into[i]} = the value of its sign. */
  void decode(int[] words, int groups, float clear, float set, float[] into);

  /** {@code sum[i]} += the value of its sign. */
  void add(int[] words, int groups, float clear, float set, float[] sum);
}
