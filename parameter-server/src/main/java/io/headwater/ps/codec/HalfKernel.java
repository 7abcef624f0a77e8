package io.headwater.ps.codec;

/**
 * Rounds float32 to 16 bits and widens them again, in groups of {@value #GROUP} elements. All
 * versions of a format give the same bits.
 *
 * <p>A group is {@value #WORDS} words, of which word <i>k</i> has element <i>k</i> in its lower and
 * element <i>k</i> + {@value #WORDS} in its upper half: two vectors become one, and one two,
 * without a lane that moves.
 */
interface HalfKernel {
  int WORDS = 8;
  int GROUP = 2 * WORDS;

  /** Rounds the first {@code groups} groups from {@code offset} on. */
  void narrow(float[] from, int offset, int groups, int[] words);

  /** Widens the first {@code groups} groups to {@code offset} and after. */
  void widen(int[] words, int groups, float[] into, int offset);

  /** Adds the first {@code groups} groups, widened, to what is at {@code offset} and after. */
  void add(int[] words, int groups, float[] sum, int offset);

  /** Rounds one element. */
  short narrow(float x);

  /** Widens one element. */
  float widen(short half);
}
