package io.headwater.ps.codec;

/** A group by plain loops: the definition. */
abstract class ScalarHalf implements HalfKernel {
  @Override
  public final void narrow(float[] from, int offset, int groups, int[] words) {
    for (int word = 0; word < groups * WORDS; word++) {
      int at = offset + lower(word);
      words[word] = narrow(from[at]) & 0xffff | narrow(from[at + WORDS]) << 16;
    }
  }

  @Override
  public final void widen(int[] words, int groups, float[] into, int offset) {
    for (int word = 0; word < groups * WORDS; word++) {
      int at = offset + lower(word);
      into[at] = widen((short) words[word]);
      into[at + WORDS] = widen((short) (words[word] >>> 16));
    }
  }

  @Override
  public final void add(int[] words, int groups, float[] sum, int offset) {
    for (int word = 0; word < groups * WORDS; word++) {
      int at = offset + lower(word);
      sum[at] += widen((short) words[word]);
      sum[at + WORDS] += widen((short) (words[word] >>> 16));
    }
  }

  /** The element in the lower half of a word. */
  private static int lower(int word) {
    return word / WORDS * GROUP + word % WORDS;
  }
}
