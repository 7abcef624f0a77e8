package io.headwater.ps.sparse;

import org.agrona.UnsafeApi;

/*
 * 256 open-addressing hash tables outside the heap, chosen by the top bits of the id's hash. Each
 * doubles by itself when it is 5/8 full, so growth moves 1/256 of the index at a time and the
 * shard's thread is never away for long: at 100 million rows one doubling moves 400,000 entries.
 *
 * An entry is 16 bytes: the id, then the row's number plus one; 0 there means free, since every id
 * is valid. Linear probing; nothing is ever removed.
 */
/** Finds a row's number by its id. Single-threaded. */
final class RowIndex implements AutoCloseable {
  /** No row of that id. */
  static final long NONE = -1;

  private static final int SEGMENT_BITS = 8;
  private static final int SEGMENTS = 1 << SEGMENT_BITS;
  private static final int ENTRY_BYTES = 16;
  private static final long FIRST_SLOTS = 16;

  private final long[] address = new long[SEGMENTS]; // 0: no entry yet
  private final long[] slots = new long[SEGMENTS]; // a power of two
  private final long[] used = new long[SEGMENTS];
  private long size;
  private long allSlots;

  /** Number of ids. */
  long size() {
    return size;
  }

  long bytes() {
    return allSlots * ENTRY_BYTES;
  }

  /** The number given to an id, or {@link #NONE}. */
  long find(long id) {
    long hash = hash(id);
    int segment = segment(hash);
    if (used[segment] == 0) {
      return NONE;
    }
    return UnsafeApi.getLong(slot(segment, hash, id) + Long.BYTES) - 1;
  }

  /** Gives a number to an id that has none. */
  void put(long id, long row) {
    long hash = hash(id);
    int segment = segment(hash);
    if (used[segment] * 8 >= slots[segment] * 5) {
      grow(segment);
    }
    long slot = slot(segment, hash, id);
    UnsafeApi.putLong(slot, id);
    UnsafeApi.putLong(slot + Long.BYTES, row + 1);
    used[segment]++;
    size++;
  }

  @Override
  public void close() {
    for (int segment = 0; segment < SEGMENTS; segment++) {
      UnsafeApi.freeMemory(address[segment]); // of 0: nothing
      address[segment] = 0;
      slots[segment] = 0;
      used[segment] = 0;
    }
    size = 0;
    allSlots = 0;
  }

  private void grow(int segment) {
    long oldAddress = address[segment];
    long oldEnd = oldAddress + slots[segment] * ENTRY_BYTES;
    long newSlots = slots[segment] == 0 ? FIRST_SLOTS : 2 * slots[segment];
    long bytes = newSlots * ENTRY_BYTES;
    address[segment] = UnsafeApi.allocateMemory(bytes);
    UnsafeApi.setMemory(address[segment], bytes, (byte) 0);
    allSlots += newSlots - slots[segment];
    slots[segment] = newSlots;
    for (long old = oldAddress; old < oldEnd; old += ENTRY_BYTES) {
      long number = UnsafeApi.getLong(old + Long.BYTES);
      if (number != 0) {
        long id = UnsafeApi.getLong(old);
        long slot = slot(segment, hash(id), id);
        UnsafeApi.putLong(slot, id);
        UnsafeApi.putLong(slot + Long.BYTES, number);
      }
    }
    UnsafeApi.freeMemory(oldAddress);
  }

  /** Address of the id's entry, or of the free one that it would take. */
  private long slot(int segment, long hash, long id) {
    long mask = slots[segment] - 1;
    long index = hash & mask;
    while (true) {
      long slot = address[segment] + index * ENTRY_BYTES;
      if (UnsafeApi.getLong(slot + Long.BYTES) == 0 || UnsafeApi.getLong(slot) == id) {
        return slot;
      }
      index = (index + 1) & mask;
    }
  }

  // Not the hash that chooses the shard: a shard's ids would share bits of it.
  private static long hash(long id) {
    return IdHash.mix(~id);
  }

  private static int segment(long hash) {
    return (int) (hash >>> (Long.SIZE - SEGMENT_BITS));
  }
}
