package io.headwater.ps.sparse;

import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.aeron.logbuffer.Header;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.RowFrame;
import io.headwater.ps.protocol.RowFrame.Parties;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.transport.FrameOutlet;
import io.headwater.ps.transport.RowRoute;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;

/** A worker's traffic in rows with one shard. For the worker's thread; never waits. */
final class RowLane implements AutoCloseable {
  private static final int FRAMES_PER_CYCLE = 8;
  private static final long REPEAT_NS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long REOPEN_NS = TimeUnit.MILLISECONDS.toNanos(50);

  private final ShardEndpoint endpoint;
  private final Parties parties;
  private final FrameOutlet outlet;
  private final RowRoute.Answers answers;
  private final ControlledFragmentHandler handler = this::onFrame;
  private final RowFrame frame = new RowFrame();
  private final BufferClaim claim = new BufferClaim();
  private final PushWindow pushes;
  private final PullRound pull = new PullRound();
  private long progressNs; // when something was last answered, or sent again
  private long heardNs;
  private long sentBytes;
  private long receivedBytes;
  private byte[] opening; // description of the table that is being opened; null: none
  private long openingTable;
  private long openingNs;
  private String failure; // null unless the shard has refused something

  RowLane(RowRoute route, Parties parties) {
    this.parties = parties;
    endpoint = route.endpoint();
    outlet = route.ask();
    answers = route.answers(parties.worker());
    pushes = new PushWindow(parties, endpoint.mtu());
  }

  ShardEndpoint endpoint() {
    return endpoint;
  }

  PushWindow pushes() {
    return pushes;
  }

  PullRound pull() {
    return pull;
  }

  long heardNs() {
    return heardNs;
  }

  /** Bytes of all frames that went out, those sent again included. */
  long sentBytes() {
    return sentBytes;
  }

  /** Bytes of all frames that came in. */
  long receivedBytes() {
    return receivedBytes;
  }

  void open(SparseTableConfig config) {
    opening = TableDescription.encode(config);
    openingTable = TableDescription.key(config);
    openingNs = System.nanoTime() - REOPEN_NS;
  }

  boolean isOpen() {
    return opening == null;
  }

  /** What the shard still owes, for messages. */
  String missing() {
    if (!outlet.isConnected()) {
      return "a connection";
    }
    if (!isOpen()) {
      return "a table to be opened";
    }
    return pull.isComplete() ? pushes.missing() : pull.missing();
  }

  /**
   * Sends what waits, takes in what has come; returns how much.
   *
   * @throws ParameterServerException if the shard has refused a push or pull, or is gone
   */
  int poll() {
    long nowNs = System.nanoTime();
    int work = answers.poll(handler, FRAMES_PER_CYCLE);
    if (failure != null) {
      throw new ParameterServerException(failure);
    }
    if (work > 0) {
      progressNs = nowNs;
      heardNs = nowNs;
    }
    if (opening != null) {
      return work + sendOpen(nowNs);
    }
    if (nowNs - progressNs > REPEAT_NS) {
      progressNs = nowNs;
      pushes.rewind();
      pull.rewind();
    }
    return work + sendPushes() + sendQuestions();
  }

  private int sendOpen(long nowNs) {
    int port = answers.port();
    if (port < 0
        || nowNs - openingNs < REOPEN_NS
        || !claimed(RowFrame.HEADER_LENGTH + opening.length)) {
      return 0;
    }
    openingNs = nowNs;
    RowFrame.putOpen(claim.buffer(), claim.offset(), parties, port, openingTable, opening);
    outlet.commit(claim);
    return 1;
  }

  private int sendPushes() {
    int sent = 0;
    while (sent < FRAMES_PER_CYCLE && pushes.isUnsent() && claimed(pushes.frameLength())) {
      claim.buffer().putBytes(claim.offset(), pushes.frame(), 0, pushes.frameLength());
      outlet.commit(claim);
      pushes.onSent();
      sent++;
    }
    return sent;
  }

  private int sendQuestions() {
    if (pushes.isUnsent()) {
      return 0; // what was pushed before must be in the rows
    }
    int sent = 0;
    for (int next = pull.next(); next >= 0 && sent < FRAMES_PER_CYCLE; next = pull.next()) {
      if (!claimed(RowFrame.length(pull.count(next), 0))) {
        break;
      }
      RowFrame.putPull(
          claim.buffer(),
          claim.offset(),
          parties,
          pull.sequence(next),
          pushes.last(),
          pull.table(),
          pull.ids(),
          pull.from(next),
          pull.count(next));
      outlet.commit(claim);
      pull.onAsked();
      sent++;
    }
    return sent;
  }

  private boolean claimed(int length) {
    long result = outlet.tryClaim(length, claim);
    if (result == Publication.CLOSED || result == Publication.MAX_POSITION_EXCEEDED) {
      throw new ParameterServerException(
          "Cannot send rows to " + endpoint + ": its media driver is gone");
    }
    if (result > 0) {
      sentBytes += length;
      return true;
    }
    return false;
  }

  private Action onFrame(DirectBuffer buffer, int offset, int length, Header header) {
    if (!frame.wrap(buffer, offset, length)
        || frame.run() != parties.run()
        || frame.shard() != parties.shard()
        || frame.worker() != parties.worker()
        || frame.incarnation() != parties.incarnation()) {
      return Action.CONTINUE;
    }
    receivedBytes += length;
    switch (frame.type()) {
      case OPENED -> onOpened();
      case PUSHED -> onPushed();
      case ROWS -> onRows();
      default -> {} // nothing that a shard sends
    }
    return Action.CONTINUE;
  }

  private void onOpened() {
    if (opening != null && frame.table() == openingTable) {
      opening = null;
      check("open a table");
    }
  }

  private void onPushed() {
    pushes.onAcknowledged(frame.sequence());
    check("push rows");
  }

  private void onRows() {
    if (pull.isAnswer(frame)) {
      if (frame.result() == RowResult.OK.ordinal() && !pull.take(frame)) {
        failure = "Cannot pull rows from " + endpoint + ": it sent other rows than asked for";
      }
      check("pull rows");
    }
  }

  private void check(String doing) {
    RowResult result = RowResult.of(frame.result());
    if (result != RowResult.OK) {
      failure = "Cannot " + doing + " at " + endpoint + ": " + result.why();
    }
  }

  @Override
  public void close() {
    answers.close();
  }
}
