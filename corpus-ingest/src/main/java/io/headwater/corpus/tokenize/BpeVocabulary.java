package io.headwater.corpus.tokenize;

import java.util.Arrays;
import java.util.List;

/**
 * A byte-level BPE model.
 *
 * @param tokens the bytes of each id; null for the end of text and for ids that no text spells
 * @param merges in order of rank; the id of what a merge makes is that of the joined bytes
 * @param endOfText -1 where there is none
 * @param endOfTextContent how the end of text is written; null where there is none
 */
record BpeVocabulary(byte[][] tokens, List<Merge> merges, int endOfText, String endOfTextContent) {
  /** Ids {@code left} and {@code right}, side by side, become {@code merged}. */
  record Merge(int left, int right, int merged) {}

  BpeVocabulary {
    merges = List.copyOf(merges);
  }

  boolean spellsEveryByte() {
    return Arrays.stream(byteIds()).allMatch(id -> id >= 0);
  }

  int size() {
    return tokens.length;
  }

  /** The id of each byte by itself. */
  int[] byteIds() {
    int[] ids = new int[256];
    Arrays.fill(ids, -1);
    for (int id = 0; id < tokens.length; id++) {
      if (tokens[id] != null && tokens[id].length == 1) {
        ids[tokens[id][0] & 0xFF] = id;
      }
    }
    return ids;
  }
}
