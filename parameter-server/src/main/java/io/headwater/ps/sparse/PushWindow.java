package io.headwater.ps.sparse;

import io.headwater.ps.protocol.RowFrame;
import io.headwater.ps.protocol.RowFrame.Parties;
import io.headwater.ps.protocol.RowSet;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The pushes to one shard that are not acknowledged yet, as the frames that went out, so that they
 * can go out again. Single-threaded.
 */
final class PushWindow {
  private static final int SLOTS = RowSession.WINDOW;

  private final UnsafeBuffer[] slots = new UnsafeBuffer[SLOTS];
  private final int[] lengths = new int[SLOTS];
  private final Parties parties;
  private long next = 1; // sequence of the next push
  private long nextToSend = 1;
  private long acknowledged;

  PushWindow(Parties parties, int mtu) {
    this.parties = parties;
    for (int i = 0; i < SLOTS; i++) {
      slots[i] = new UnsafeBuffer(BufferUtil.allocateDirectAligned(mtu, Long.BYTES));
    }
  }

  boolean hasRoom() {
    return next - acknowledged <= SLOTS;
  }

  /** Adds a push of rows {@code from} to {@code from + count - 1} of a set. */
  void add(long table, RowSet set, int from, int count, float rate) {
    int slot = slot(next);
    RowFrame.putPush(slots[slot], 0, parties, next, table, set, from, count, rate);
    lengths[slot] = RowFrame.length(count, set.columns());
    next++;
  }

  /** Sequence of the last push; 0 before the first. */
  long last() {
    return next - 1;
  }

  boolean isEmpty() {
    return acknowledged == last();
  }

  /** Whether a push waits to be sent. */
  boolean isUnsent() {
    return nextToSend < next;
  }

  /** Whether pushes are on their way. */
  boolean isUnacknowledged() {
    return acknowledged + 1 < nextToSend;
  }

  /** The frame to send next. */
  DirectBuffer frame() {
    return slots[slot(nextToSend)];
  }

  int frameLength() {
    return lengths[slot(nextToSend)];
  }

  void onSent() {
    nextToSend++;
  }

  /**
   * Takes note that all pushes up to {@code sequence} were dealt with; returns whether it is news.
   */
  boolean onAcknowledged(long sequence) {
    if (sequence <= acknowledged || sequence > last()) {
      return false;
    }
    acknowledged = sequence;
    nextToSend = Math.max(nextToSend, sequence + 1);
    return true;
  }

  /** Sends again what is not acknowledged. */
  void rewind() {
    nextToSend = acknowledged + 1;
  }

  String missing() {
    return last() - acknowledged + " pushes to be acknowledged";
  }

  private static int slot(long sequence) {
    return (int) (sequence % SLOTS);
  }
}
