package io.headwater.ps.security;

import java.util.Arrays;

/**
 * Which sequences of a sender have been seen: a bitmap that slides along with the highest. Frames
 * may come out of order within it; older ones count as seen (as in RFC 6479).
 */
final class ReplayWindow {
  /** How far behind the highest sequence a frame may be. */
  static final int SIZE = 1024;

  private static final int WORDS =
      SIZE / Long.SIZE + 1; // one more, so that whole words are cleared

  private final long[] seen = new long[WORDS];
  private final long floor;
  private long highest;

  /**
   * @param floor sequences up to this one count as seen
   */
  ReplayWindow(long floor) {
    this.floor = floor;
    highest = floor;
  }

  /** Whether a sequence has not been seen, as far as is known. */
  boolean isNew(long sequence) {
    if (sequence <= floor || sequence <= highest - SIZE) {
      return false;
    }
    return sequence > highest || (seen[word(sequence)] & bit(sequence)) == 0;
  }

  /** Marks a sequence that is new; only to be called for frames that were found genuine. */
  void mark(long sequence) {
    if (sequence > highest) {
      long from = highest / Long.SIZE;
      long to = sequence / Long.SIZE;
      if (to - from >= WORDS) {
        Arrays.fill(seen, 0);
      } else {
        for (long word = from + 1; word <= to; word++) {
          seen[(int) (word % WORDS)] = 0;
        }
      }
      highest = sequence;
    }
    seen[word(sequence)] |= bit(sequence);
  }

  /** Takes a mark back: the frame will be handed in again. */
  void unmark(long sequence) {
    seen[word(sequence)] &= ~bit(sequence);
  }

  private static int word(long sequence) {
    return (int) (sequence / Long.SIZE % WORDS);
  }

  private static long bit(long sequence) {
    return 1L << sequence; // shifts by the lowest six bits
  }
}
