package io.headwater.ps.sparse;

import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Frames that were passed on and that not all replicas hold yet, numbered 1, 2, 3 and so on, in a
 * ring of fixed size. For one thread.
 */
final class FrameLog {
  static final int CAPACITY = 4 << 20; // bytes; when they are full, pushes wait
  private static final int ENTRIES = 1 << 14;

  private final UnsafeBuffer ring = new UnsafeBuffer(0, 0); // memory comes with the first frame
  private final int[] offsets = new int[ENTRIES];
  private final int[] lengths = new int[ENTRIES];
  private final long[] tags = new long[ENTRIES];
  private long first = 1;
  private long next = 1;
  private int end; // where the last frame ends
  private int used;

  /** Whether a frame of so many bytes finds room. */
  boolean hasRoom(int bytes) {
    return next - first < ENTRIES && (isEmpty() || bytes <= roomAtEnd() || bytes <= roomAtStart());
  }

  /** Whether most of it is free: then there is room for some frames of any size. */
  boolean isMostlyFree() {
    return used < CAPACITY / 4 && next - first < ENTRIES / 2;
  }

  private int roomAtEnd() {
    int begin = offsets[slot(first)];
    return end > begin ? CAPACITY - end : begin - end;
  }

  private int roomAtStart() {
    int begin = offsets[slot(first)];
    return end > begin ? begin : 0;
  }

  boolean isEmpty() {
    return first == next;
  }

  /** Number of the oldest frame; one above {@link #last} if there is none. */
  long first() {
    return first;
  }

  /** Number of the newest frame that was ever there; 0 before. */
  long last() {
    return next - 1;
  }

  /**
   * Adds a frame, for which there must be room.
   *
   * @param tag kept with it
   * @return its number
   */
  long append(DirectBuffer frame, int offset, int length, long tag) {
    if (ring.capacity() == 0) {
      ring.wrap(BufferUtil.allocateDirectAligned(CAPACITY, Long.BYTES));
    }
    if (isEmpty() || length > roomAtEnd()) {
      end = 0;
    }
    int slot = slot(next);
    offsets[slot] = end;
    lengths[slot] = length;
    tags[slot] = tag;
    ring.putBytes(end, frame, offset, length);
    end += length;
    used += length;
    return next++;
  }

  DirectBuffer buffer() {
    return ring;
  }

  int offset(long number) {
    return offsets[slot(number)];
  }

  int length(long number) {
    return lengths[slot(number)];
  }

  /** What was kept with the oldest frame. */
  long firstTag() {
    return tags[slot(first)];
  }

  /** Gives all frames another tag. */
  void tagAll(long tag) {
    for (long number = first; number < next; number++) {
      tags[slot(number)] = tag;
    }
  }

  /** Forgets all frames up to a number. */
  void releaseTo(long number) {
    while (first <= number && first < next) {
      used -= lengths[slot(first)];
      first++;
    }
  }

  private static int slot(long number) {
    return (int) (number & ENTRIES - 1);
  }
}
