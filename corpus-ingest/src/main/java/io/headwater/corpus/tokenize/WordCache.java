package io.headwater.corpus.tokenize;

import java.util.Arrays;

/**
 * The ids of words met before: direct-mapped, so that its size is bounded and a newer word replaces
 * an older one of the same slot. One thread.
 */
final class WordCache {
  private static final int SLOTS = 1 << 17;
  private static final int LONGEST = 48;

  private final byte[][] words = new byte[SLOTS][];
  private final int[][] ids = new int[SLOTS][];

  /** The ids of text[from, to), or null. */
  int[] find(byte[] text, int from, int to) {
    int slot = slotOf(text, from, to);
    byte[] word = words[slot];
    boolean same =
        word != null
            && word.length == to - from
            && Arrays.equals(word, 0, word.length, text, from, to);
    return same ? ids[slot] : null;
  }

  void keep(byte[] text, int from, int to, int[] wordIds) {
    if (to - from <= LONGEST) {
      int slot = slotOf(text, from, to);
      words[slot] = Arrays.copyOfRange(text, from, to);
      ids[slot] = wordIds;
    }
  }

  private static int slotOf(byte[] text, int from, int to) {
    long hash = to - from;
    int end = Math.min(to, from + LONGEST);
    for (int i = from; i < end; i++) {
      hash = (hash ^ text[i]) * 0x100000001B3L;
    }
    hash *= 0x9E3779B97F4A7C15L;
    return (int) (hash >>> 47) & (SLOTS - 1);
  }
}
