package io.headwater.ps.sparse;

import io.aeron.logbuffer.BufferClaim;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.RowFrame;
import io.headwater.ps.transport.FrameOutlet;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.agrona.CloseHelper;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.NanoClock;

/*
 * From the plan on that names a successor, nothing is acknowledged that it does not hold: what it
 * takes in before it has asked for its link is in the log and follows, or is in the state that it
 * is sent. Frames of a link are numbered; those that get lost are sent again, in order.
 */
/**
 * The way from a replica to the one after it: what is passed on, until that one and all after it
 * hold it. For the replica's thread.
 */
final class Downstream implements AutoCloseable {
  private static final int FRAMES_PER_CYCLE = 8;
  private static final long REPEAT_NS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final int NO_LINK = -1;

  private final Function<ReplicaId, FrameOutlet> ways;
  private final Supplier<StateCopy> copies;
  private final NanoClock clock;
  private final BufferClaim claim = new BufferClaim();
  private FrameLog log; // null as long as there was no successor
  private ReplicaId successor; // null: none
  private FrameOutlet outlet; // null until the successor has asked for a link
  private int link = NO_LINK;
  private long base; // number in the log of the link's frame 0
  private long sent; // number in the log of the last frame that went out
  private long heardNs;
  private boolean owesState; // the successor lacks the state
  private StateCopy state; // null unless it is being sent

  /**
   * @param ways to other replicas
   * @param copies begins to copy the state of this replica for one that lacks it
   */
  Downstream(Function<ReplicaId, FrameOutlet> ways, Supplier<StateCopy> copies, NanoClock clock) {
    this.ways = ways;
    this.copies = copies;
    this.clock = clock;
  }

  /** The replica after this one is another now, or there is none. */
  void follow(Optional<ReplicaId> after) {
    if (after.equals(Optional.ofNullable(successor))) {
      return;
    }
    closeLink();
    successor = after.orElse(null);
    if (successor == null && log != null) {
      log.releaseTo(log.last());
    } else if (log == null && successor != null) {
      log = new FrameLog();
    }
  }

  private void closeLink() {
    CloseHelper.close(outlet);
    outlet = null;
    link = NO_LINK;
    owesState = false;
    state = null;
  }

  /** Whether there is a replica to pass frames on to. */
  boolean isOn() {
    return successor != null;
  }

  /** Whether a frame of so many bytes can be passed on now. */
  boolean hasRoom(int bytes) {
    return !isOn() || log.hasRoom(bytes);
  }

  /**
   * Passes a frame on, if there is anyone; there must be room.
   *
   * @param tag number under which it came; see {@link #heldTag}
   * @return its number; 0 if nobody is to hold it
   */
  long pass(RowFrame frame, long tag) {
    return isOn() ? log.append(frame.buffer(), frame.offset(), frame.length(), tag) : 0;
  }

  /** What was passed on up to this number is held by all replicas from the next one on. */
  long held() {
    return isOn() ? log.first() - 1 : Long.MAX_VALUE;
  }

  /**
   * The greatest tag up to which everything is held.
   *
   * @param last tag that was taken in, passed on or not
   */
  long heldTag(long last) {
    return isOn() && !log.isEmpty() ? log.firstTag() - 1 : last;
  }

  /** Tags begin anew: what is in the log came before the first of them. */
  void restartTags() {
    if (log != null) {
      log.tagAll(1);
    }
  }

  /** The successor asks for a link. */
  void onAttach(RowFrame frame) {
    if (!isSuccessor(frame) || frame.sequence() == link) {
      return;
    }
    closeLink();
    outlet = ways.apply(successor);
    link = (int) frame.sequence();
    base = log.first() - 1;
    sent = base;
    heardNs = clock.nanoTime();
    owesState = frame.mark() == 0;
  }

  /** The successor and all after it hold some of the link's frames. */
  void onHeld(RowFrame frame) {
    if (isSuccessor(frame) && frame.result() == link && frame.sequence() <= log.last() - base) {
      heardNs = clock.nanoTime();
      log.releaseTo(base + frame.sequence());
    }
  }

  private boolean isSuccessor(RowFrame frame) {
    return successor != null
        && frame.worker() == successor.replica()
        && frame.incarnation() == successor.incarnation();
  }

  /**
   * Sends what waits; returns the amount of work done.
   *
   * @param hasState whether this replica's own state is complete, so that it may be copied
   * @param tag for what is added to the log meanwhile
   */
  int poll(boolean hasState, long tag) {
    if (outlet == null) {
      return 0;
    }
    int work = 0;
    if (owesState && hasState) {
      owesState = false;
      state = copies.get();
    }
    while (state != null && log.isMostlyFree()) {
      state.addTo(log, tag);
      state = state.isComplete() ? null : state;
      work++;
    }
    if (sent < log.first() - 1) {
      sent = log.first() - 1;
    }
    if (sent >= log.first() && clock.nanoTime() - heardNs > REPEAT_NS) {
      heardNs = clock.nanoTime();
      sent = log.first() - 1;
    }
    for (int i = 0; i < FRAMES_PER_CYCLE && sent < log.last() && send(sent + 1); i++) {
      sent++;
      work++;
    }
    return work;
  }

  private boolean send(long number) {
    int length = log.length(number);
    if (outlet.tryClaim(length, claim) <= 0) {
      return false;
    }
    MutableDirectBuffer buffer = claim.buffer();
    buffer.putBytes(claim.offset(), log.buffer(), log.offset(number), length);
    RowFrame.putOnLink(buffer, claim.offset(), link, number - base);
    outlet.commit(claim);
    return true;
  }

  @Override
  public void close() {
    closeLink();
  }
}
