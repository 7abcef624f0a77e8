package io.headwater.model.glove;

import java.util.Arrays;

/**
 * Sums by key, in open addressing; grows up to a limit, then wants to be emptied. A key is a pair
 * of word numbers: the lower in the upper 32 bits.
 */
final class PairTable {
  private static final long FREE = -1;
  private static final int FIRST_SLOTS = 1 << 12;

  private final int mostSlots;
  private long[] keys = freeKeys(FIRST_SLOTS);
  private double[] sums = new double[FIRST_SLOTS];
  private int size;

  /**
   * Makes an empty table.
   *
   * @param mostSlots a power of two; three quarters of them may be taken
   */
  PairTable(int mostSlots) {
    this.mostSlots = Math.max(FIRST_SLOTS, mostSlots);
  }

  static long key(int first, int second) {
    return ((long) Math.min(first, second) << 32) | Math.max(first, second);
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Whether {@link #add} may be called. */
  boolean hasRoom() {
    if (size < limit(keys.length)) {
      return true;
    } else if (keys.length >= mostSlots) {
      return false;
    }
    grow();
    return true;
  }

  void add(long key, double value) {
    int slot = slot(keys, key);
    if (keys[slot] == FREE) {
      keys[slot] = key;
      size++;
    }
    sums[slot] += value;
  }

  double sum(long key) {
    return sums[slot(keys, key)];
  }

  long[] sortedKeys() {
    long[] sorted = new long[size];
    int count = 0;
    for (long key : keys) {
      if (key != FREE) {
        sorted[count++] = key;
      }
    }
    Arrays.sort(sorted);
    return sorted;
  }

  void clear() {
    Arrays.fill(keys, FREE);
    Arrays.fill(sums, 0);
    size = 0;
  }

  private void grow() {
    long[] more = freeKeys(2 * keys.length);
    double[] moreSums = new double[more.length];
    for (int from = 0; from < keys.length; from++) {
      if (keys[from] != FREE) {
        int to = slot(more, keys[from]);
        more[to] = keys[from];
        moreSums[to] = sums[from];
      }
    }
    keys = more;
    sums = moreSums;
  }

  private static int slot(long[] keys, long key) {
    long mixed = (key ^ (key >>> 29)) * 0x9e3779b97f4a7c15L;
    int slot = (int) (mixed >>> 32) & (keys.length - 1);
    while (keys[slot] != key && keys[slot] != FREE) {
      slot = (slot + 1) & (keys.length - 1);
    }
    return slot;
  }

  private static int limit(int slots) {
    return slots / 4 * 3;
  }

  private static long[] freeKeys(int slots) {
    long[] keys = new long[slots];
    Arrays.fill(keys, FREE);
    return keys;
  }
}
