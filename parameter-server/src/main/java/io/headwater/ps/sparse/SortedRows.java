package io.headwater.ps.sparse;

import org.agrona.UnsafeApi;

/**
 * The ids of a table in ascending order, each with its row's number; outside the heap. For one
 * thread at a time.
 */
final class SortedRows implements AutoCloseable {
  private static final int PAIR_BYTES = 16;
  private static final int DIGITS = 256;
  private static final int BLOCK = 1 << 14;

  /** Gives out the ids of rows by number. */
  @FunctionalInterface
  interface Ids {
    void read(long firstRow, long[] into, int count);
  }

  private final long size;
  private long pairs;

  /** Of rows 0 to {@code size - 1}; empty until {@link #collect}. */
  SortedRows(long size) {
    this.size = size;
    pairs = UnsafeApi.allocateMemory(Math.max(1, size) * PAIR_BYTES);
  }

  void collect(Ids ids) {
    long[] block = new long[(int) Math.min(BLOCK, size)];
    for (long from = 0; from < size; from += block.length) {
      int count = (int) Math.min(block.length, size - from);
      ids.read(from, block, count);
      for (int i = 0; i < count; i++) {
        put(pairs + (from + i) * PAIR_BYTES, block[i], from + i);
      }
    }
    sort();
  }

  long size() {
    return size;
  }

  long id(long place) {
    return UnsafeApi.getLong(pairs + place * PAIR_BYTES);
  }

  long row(long place) {
    return UnsafeApi.getLong(pairs + place * PAIR_BYTES + Long.BYTES);
  }

  /** Radix sort by bytes, the least significant first, leaving out those that are all alike. */
  private void sort() {
    long other = UnsafeApi.allocateMemory(Math.max(1, size) * PAIR_BYTES);
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      long[] next = starts(shift);
      if (next == null) {
        continue;
      }
      for (long place = 0; place < size; place++) {
        long to = next[digit(id(place), shift)]++;
        put(other + to * PAIR_BYTES, id(place), row(place));
      }
      long sorted = other;
      other = pairs;
      pairs = sorted;
    }
    UnsafeApi.freeMemory(other);
  }

  @Override
  public void close() {
    UnsafeApi.freeMemory(pairs);
    pairs = 0;
  }

  /** Where each digit's ids begin; null if all ids have the same digit. */
  private long[] starts(int shift) {
    long[] counts = new long[DIGITS];
    for (long place = 0; place < size; place++) {
      counts[digit(id(place), shift)]++;
    }
    long sum = 0;
    for (int digit = 0; digit < DIGITS; digit++) {
      if (counts[digit] == size) {
        return null;
      }
      long count = counts[digit];
      counts[digit] = sum;
      sum += count;
    }
    return counts;
  }

  private static int digit(long id, int shift) {
    // The sign bit turned, so that negative ids come first.
    return (int) ((id ^ Long.MIN_VALUE) >>> shift) & (DIGITS - 1);
  }

  private static void put(long at, long id, long row) {
    UnsafeApi.putLong(at, id);
    UnsafeApi.putLong(at + Long.BYTES, row);
  }
}
