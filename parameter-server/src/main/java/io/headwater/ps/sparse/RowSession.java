package io.headwater.ps.sparse;

import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import io.headwater.ps.protocol.RowFrame;
import io.headwater.ps.protocol.RowFrame.Parties;
import io.headwater.ps.protocol.RowFrame.Type;
import io.headwater.ps.transport.FrameOutlet;

/*
 * Exactly once. A worker numbers its pushes to this shard 1, 2, 3 and so on, and sends those again
 * that are not acknowledged. The shard applies number applied + 1 and nothing else: a lower one was
 * applied before, a higher one has lost its predecessor and comes again after it. So the pushes of
 * a worker are applied once each, in their order, and one number is all that must be remembered.
 */
/** One start of one worker at one shard: what of its pushes was applied, and the way back to it. */
final class RowSession implements AutoCloseable {
  private final Parties parties;
  private final FrameOutlet outlet;
  private final BufferClaim claim = new BufferClaim();
  private long applied;
  private long refused; // the first push that was refused; 0: none
  private RowResult refusal = RowResult.OK;
  private boolean acknowledge;

  RowSession(Parties parties, FrameOutlet outlet) {
    this.parties = parties;
    this.outlet = outlet;
  }

  Parties parties() {
    return parties;
  }

  long incarnation() {
    return parties.incarnation();
  }

  /** Sequence of the last push that was dealt with. */
  long applied() {
    return applied;
  }

  void onPush(RowResult result) {
    applied++;
    acknowledge = true;
    if (result != RowResult.OK && refused == 0) {
      refused = applied;
      refusal = result;
    }
  }

  /** Says again what was applied. */
  void repeatAcknowledgement() {
    acknowledge = true;
  }

  /** Acknowledges what is not acknowledged yet; returns the number of frames. */
  int flush() {
    if (!acknowledge || !answer(Type.PUSHED, applied, refused, 0, refusal)) {
      return 0;
    }
    acknowledge = false;
    return 1;
  }

  /** Answers without rows; returns whether there was room. */
  boolean answer(Type type, long sequence, long mark, long table, RowResult result) {
    if (outlet.tryClaim(RowFrame.HEADER_LENGTH, claim) <= 0) {
      return false;
    }
    RowFrame.putAnswer(
        claim.buffer(), claim.offset(), type, parties, sequence, mark, table, result.ordinal());
    outlet.commit(claim);
    return true;
  }

  /** Room for a frame, as {@link FrameOutlet#tryClaim} gives it. */
  long tryClaim(int length, BufferClaim into) {
    return outlet.tryClaim(length, into);
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
    outlet.close();
  }
}
