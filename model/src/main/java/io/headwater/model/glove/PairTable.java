package io.headwater.model.glove;

import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.IntStream;

/** Counts by pair of words, in open addressing; grows up to a limit, then wants to be emptied. */
final class PairTable implements Iterable<PairCount> {
  private static final long FREE = -1;
  private static final int FIRST_SLOTS = 1 << 12;

  private final int mostSlots;
  private long[] keys = freeKeys(FIRST_SLOTS);
  private long[] sums = new long[FIRST_SLOTS];
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

  /** Whether so many keys may be {@linkplain #add added}. */
  boolean hasRoom(int more) {
    while (size + more > limit(keys.length) && keys.length < mostSlots) {
      grow();
    }
    return size + more <= limit(keys.length);
  }

  void add(long key, long value) {
    int slot = slot(keys, key);
    if (keys[slot] == FREE) {
      keys[slot] = key;
      size++;
    }
    sums[slot] += value;
  }

  /** In no order. */
  @Override
  public Iterator<PairCount> iterator() {
    return IntStream.range(0, keys.length)
        .filter(slot -> keys[slot] != FREE)
        .mapToObj(slot -> new PairCount(keys[slot], sums[slot]))
        .iterator();
  }

  void clear() {
    Arrays.fill(keys, FREE);
    Arrays.fill(sums, 0);
    size = 0;
  }

  private void grow() {
    long[] more = freeKeys(2 * keys.length);
    long[] moreSums = new long[more.length];
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
