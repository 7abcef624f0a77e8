package io.headwater.ps.sparse;

import io.aeron.logbuffer.BufferClaim;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.RowFrame;
import io.headwater.ps.protocol.RowFrame.Parties;
import io.headwater.ps.protocol.RowFrame.Type;
import io.headwater.ps.transport.FrameOutlet;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.agrona.CloseHelper;
import org.agrona.concurrent.NanoClock;

/**
 * The way to a replica from the one before it: which frames have come, and what is said of them.
 * For the replica's thread.
 */
final class Upstream implements AutoCloseable {
  private static final long ASK_NS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Parties self;
  private final Function<ReplicaId, FrameOutlet> ways;
  private final NanoClock clock;
  private final BufferClaim claim = new BufferClaim();
  private ReplicaId predecessor; // null: this is the first
  private FrameOutlet outlet; // null until the link is asked for
  private int link; // a new one for each predecessor
  private long received; // frames of the link, without a gap
  private long saidHeld;
  private boolean say;
  private long askedNs;

  Upstream(long run, ReplicaId self, Function<ReplicaId, FrameOutlet> ways, NanoClock clock) {
    this.self = new Parties(run, self.shard(), self.replica(), self.incarnation());
    this.ways = ways;
    this.clock = clock;
  }

  /** The replica before this one may be another now; returns whether it is. */
  boolean follow(Optional<ReplicaId> before) {
    if (before.equals(Optional.ofNullable(predecessor))) {
      return false;
    }
    CloseHelper.close(outlet);
    predecessor = before.orElse(null);
    outlet = null;
    link++;
    received = 0;
    saidHeld = 0;
    say = false;
    askedNs = clock.nanoTime() - ASK_NS;
    return true;
  }

  /** Whether there is a replica before this one. */
  boolean isOn() {
    return predecessor != null;
  }

  /** Number of the last frame that was taken in. */
  long received() {
    return received;
  }

  /**
   * Whether a frame is the one to be taken in now; others have come before, or come again, or are
   * of a link that nobody has asked for yet.
   */
  boolean isNext(RowFrame frame) {
    boolean ofLink = outlet != null && frame.result() == link;
    say |= ofLink;
    return ofLink && frame.mark() == received + 1;
  }

  void onTaken() {
    received++;
  }

  /**
   * Asks for the link until something comes, and says what is held; returns the work done.
   *
   * @param hasState whether this replica needs nothing but what has happened since
   * @param held frames of the link that this replica and all after it hold
   */
  int poll(boolean hasState, long held) {
    if (!isOn()) {
      return 0;
    }
    if (received == 0) {
      return askForLink(hasState);
    }
    if ((held > saidHeld || say) && send(Type.HELD, held, 0, link)) {
      saidHeld = held;
      say = false;
      return 1;
    }
    return 0;
  }

  private int askForLink(boolean hasState) {
    long nowNs = clock.nanoTime();
    if (nowNs - askedNs < ASK_NS) {
      return 0;
    }
    askedNs = nowNs; // also if the way cannot be opened: then it is tried again
    if (outlet == null) {
      outlet = ways.apply(predecessor);
    }
    return send(Type.ATTACH, link, hasState ? 1 : 0, 0) ? 1 : 0;
  }

  private boolean send(Type type, long sequence, long mark, int result) {
    if (outlet.tryClaim(RowFrame.HEADER_LENGTH, claim) <= 0) {
      return false;
    }
    RowFrame.putAnswer(claim.buffer(), claim.offset(), type, self, sequence, mark, 0, result);
    outlet.commit(claim);
    return true;
  }

  @Override
  public void close() {
    CloseHelper.close(outlet);
  }
}
