package io.headwater.corpus.tokenize;

import io.headwater.corpus.tokenize.BpeVocabulary.Merge;
import java.util.PriorityQueue;

/**
 * Merges one word: again and again the pair of lowest rank, of equals the leftmost. A queue of
 * candidate pairs over a linked list keeps a word of n bytes at O(n log n), since a "word" may well
 * be a megabyte of base64. One thread.
 */
final class BpeMerger {
  private static final int NONE = -1;

  private final int[] byteIds;

  // Open addressing, linear probing: pair of ids -> index into the merges. Keys are never 0, as a
  // pair (0, 0) is stored as its complement.
  private final long[] keys;
  private final int[] ranks;
  private final int[] mergedIds;

  private int[] symbols = new int[64];
  private int[] following = new int[64];
  private int[] preceding = new int[64];
  private final PriorityQueue<Long> candidates = new PriorityQueue<>(); // rank << 32 | position

  BpeMerger(BpeVocabulary vocabulary) {
    this.byteIds = vocabulary.byteIds();
    int merges = vocabulary.merges().size();
    int capacity = Integer.highestOneBit(Math.max(16, merges)) << 2;
    this.keys = new long[capacity];
    this.ranks = new int[capacity];
    this.mergedIds = new int[merges];
    for (int rank = 0; rank < merges; rank++) {
      Merge merge = vocabulary.merges().get(rank);
      mergedIds[rank] = merge.merged();
      int slot = slotOf(key(merge.left(), merge.right()));
      if (keys[slot] == 0) {
        keys[slot] = key(merge.left(), merge.right());
        ranks[slot] = rank;
      }
    }
  }

  private static long key(int left, int right) {
    return ~((long) left << 32 | right);
  }

  private int slotOf(long key) {
    long hash = key * 0x9E3779B97F4A7C15L;
    int slot = (int) (hash >>> 32) & (keys.length - 1);
    while (keys[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & (keys.length - 1);
    }
    return slot;
  }

  private int rankOf(int left, int right) {
    int slot = slotOf(key(left, right));
    return keys[slot] == 0 ? NONE : ranks[slot];
  }

  /** The ids of text[from, to). */
  int[] merge(byte[] text, int from, int to) {
    int length = to - from;
    start(text, from, length);
    int left = length;
    while (!candidates.isEmpty()) {
      long candidate = candidates.poll();
      if (apply((int) (candidate >>> 32), (int) candidate, length)) {
        left--;
      }
    }
    int[] ids = new int[left];
    for (int at = 0, i = 0; at < length; at = following[at]) {
      ids[i++] = symbols[at];
    }
    return ids;
  }

  private void start(byte[] text, int from, int length) {
    if (symbols.length < length) {
      symbols = new int[length];
      following = new int[length];
      preceding = new int[length];
    }
    for (int i = 0; i < length; i++) {
      symbols[i] = byteIds[text[from + i] & 0xFF];
      following[i] = i + 1;
      preceding[i] = i - 1;
    }
    for (int i = 0; i + 1 < length; i++) {
      offer(i, i + 1);
    }
  }

  private void offer(int position, int next) {
    int rank = rankOf(symbols[position], symbols[next]);
    if (rank != NONE) {
      candidates.add((long) rank << 32 | position);
    }
  }

  /** Merges at a position, unless an earlier merge has changed the pair there. */
  private boolean apply(int rank, int position, int length) {
    int next = symbols[position] == NONE ? length : following[position];
    if (next >= length || rankOf(symbols[position], symbols[next]) != rank) {
      return false;
    }
    symbols[position] = mergedIds[rank];
    symbols[next] = NONE;
    int after = following[next];
    following[position] = after;
    if (after < length) {
      preceding[after] = position;
      offer(position, after);
    }
    if (preceding[position] >= 0) {
      offer(preceding[position], position);
    }
    return true;
  }
}
