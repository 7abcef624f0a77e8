package io.headwater.ps.sparse;

import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import io.headwater.ps.protocol.RowFrame;
import io.headwater.ps.protocol.RowFrame.Parties;
import io.headwater.ps.protocol.RowFrame.Type;
import io.headwater.ps.transport.FrameOutlet;
import org.agrona.CloseHelper;

/*
 * Exactly once. A worker numbers its pushes to this shard 1, 2, 3 and so on, and sends those again
 * that are not acknowledged. The shard applies number applied + 1 and nothing else: a lower one was
 * applied before, a higher one has lost its predecessor and comes again after it. So the pushes of
 * a worker are applied once each, in their order, and one number is all that must be remembered,
 * here and at every replica after this one. What is acknowledged is what those hold too.
 */
/** One start of one worker at one replica: what of its pushes was applied, and the way back. */
final class RowSession implements AutoCloseable {
  /** Pushes that a worker may have on their way to a shard; a power of two. */
  static final int WINDOW = 16;

  private final Parties parties;
  private final BufferClaim claim = new BufferClaim();
  private final long[] passedOn = new long[WINDOW]; // by push: its number in the log; 0: none
  private FrameOutlet outlet; // null: the worker has not spoken to this replica
  private long applied;
  private long held;
  private RowResult refusal = RowResult.OK; // of the push after the last that was applied
  private boolean acknowledge;

  RowSession(Parties parties) {
    this.parties = parties;
  }

  /** The worker speaks to this replica: from now on it hears from it. */
  void connect(FrameOutlet wayBack) {
    CloseHelper.close(outlet);
    outlet = wayBack;
  }

  boolean isConnected() {
    return outlet != null;
  }

  Parties parties() {
    return parties;
  }

  long incarnation() {
    return parties.incarnation();
  }

  /** Sequence of the last push that was applied. */
  long applied() {
    return applied;
  }

  /** Whether a push is the one to be applied now. */
  boolean isNext(long sequence) {
    return sequence == applied + 1 && refusal == RowResult.OK && applied - held < WINDOW;
  }

  /**
   * The next push was applied.
   *
   * @param number under which it was passed on; 0 if there is nobody to hold it
   */
  void onApplied(long number) {
    applied++;
    passedOn[slot(applied)] = number;
  }

  /** The state that was taken over has the pushes up to this one. */
  void restore(long sequence) {
    applied = sequence;
    held = sequence;
  }

  /** The next push was refused; the worker ends with an error, and none that follows counts. */
  void refuse(RowResult why) {
    refusal = why;
    acknowledge = true;
  }

  /** Says again what is held. */
  void repeatAcknowledgement() {
    acknowledge = true;
  }

  /** All replicas hold what was passed on up to a number. */
  void onHeld(long number) {
    while (held < applied && passedOn[slot(held + 1)] <= number) {
      held++;
      acknowledge = true;
    }
  }

  private static int slot(long sequence) {
    return (int) (sequence & WINDOW - 1);
  }

  /** Acknowledges what is not acknowledged yet; returns the number of frames. */
  int flush() {
    boolean refuses = refusal != RowResult.OK;
    if (!acknowledge || !answer(Type.PUSHED, held, refuses ? applied + 1 : 0, 0, refusal)) {
      return 0;
    }
    acknowledge = false;
    return 1;
  }

  /** Answers without rows; returns whether there was room. */
  boolean answer(Type type, long sequence, long mark, long table, RowResult result) {
    if (outlet == null || outlet.tryClaim(RowFrame.HEADER_LENGTH, claim) <= 0) {
      return false;
    }
    RowFrame.putAnswer(
        claim.buffer(), claim.offset(), type, parties, sequence, mark, table, result.ordinal());
    outlet.commit(claim);
    return true;
  }

  /** Room for a frame, as {@link FrameOutlet#tryClaim} gives it. */
  long tryClaim(int length, BufferClaim into) {
    return outlet == null ? Publication.NOT_CONNECTED : outlet.tryClaim(length, into);
  }

  /** Sends the frame that was written into the room claimed last. */
  void commit(BufferClaim written) {
    outlet.commit(written);
  }

  /** Whether a claim failed for good: nobody listens any more. */
  static boolean isGone(long claimed) {
    return claimed == Publication.NOT_CONNECTED
        || claimed == Publication.CLOSED
        || claimed == Publication.MAX_POSITION_EXCEEDED;
  }

  @Override
  public void close() {
    CloseHelper.close(outlet);
  }
}
