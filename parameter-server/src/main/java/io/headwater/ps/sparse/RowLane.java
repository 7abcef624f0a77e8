package io.headwater.ps.sparse;

import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.aeron.logbuffer.Header;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.RowFrame;
import io.headwater.ps.protocol.RowFrame.Parties;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.transport.FrameOutlet;
import io.headwater.ps.transport.RowRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;

/**
 * A worker's traffic in rows with one shard, that is with its primary: when that is another, all
 * tables are opened there, and what was not answered is sent again. For the worker's thread; never
 * waits.
 */
final class RowLane implements AutoCloseable {
  private static final int FRAMES_PER_CYCLE = 8;
  private static final long REPEAT_NS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long REOPEN_NS = TimeUnit.MILLISECONDS.toNanos(50);

  private final List<ShardEndpoint> replicas;
  private final Function<ShardEndpoint, RowRoute> routes;
  private final Parties parties;
  private final int mtu;
  private final ControlledFragmentHandler handler = this::onFrame;
  private final RowFrame frame = new RowFrame();
  private final BufferClaim claim = new BufferClaim();
  private final PushWindow pushes;
  private final PullRound pull = new PullRound();
  private long progressNs; // when something was last answered, or sent again
  private long heardNs;
  private long sentBytes;
  private long receivedBytes;
  private final List<SparseTableConfig> tables = new ArrayList<>();
  private int opened; // tables that the primary has opened, in order
  private long openingNs;
  private ReplicaId primary; // null before the first plan, and where there are no standbys
  private ShardEndpoint endpoint; // of the primary; null if that is not known yet, as what follows
  private FrameOutlet outlet;
  private RowRoute.Answers answers;
  private String failure; // null unless the shard has refused something

  /**
   * @param replicas of the shard, in order; the only one is reached at once, the primary of several
   *     when it is named
   */
  RowLane(List<ShardEndpoint> replicas, Function<ShardEndpoint, RowRoute> routes, Parties parties) {
    this.replicas = List.copyOf(replicas);
    this.routes = routes;
    this.parties = parties;
    mtu = replicas.stream().mapToInt(ShardEndpoint::mtu).min().orElseThrow();
    pushes = new PushWindow(parties, mtu);
    if (!hasStandbys()) {
      connect(replicas.get(0));
    }
  }

  private boolean hasStandbys() {
    return replicas.size() > 1;
  }

  private void connect(ShardEndpoint to) {
    endpoint = to;
    RowRoute route = routes.apply(to);
    outlet = route.ask();
    answers = route.answers(parties.worker());
  }

  /** Speaks to the shard's primary from now on. */
  void follow(ReplicaId named) {
    if (!hasStandbys() || named.equals(primary)) {
      return;
    }
    close();
    primary = named;
    connect(replicas.stream().filter(named::isAt).findFirst().orElseThrow());
    opened = 0;
    openingNs = System.nanoTime() - REOPEN_NS;
    heardNs = System.nanoTime();
    pushes.rewind();
    pull.rewind();
  }

  int shard() {
    return parties.shard();
  }

  /** Bytes of the largest datagram to and from any of the replicas. */
  int mtu() {
    return mtu;
  }

  /** Whom it speaks to, for messages. */
  String name() {
    return endpoint == null ? "shard " + shard() : endpoint.toString();
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
    tables.add(config);
    openingNs = System.nanoTime() - REOPEN_NS;
  }

  boolean isOpen() {
    return opened == tables.size();
  }

  /** What the shard still owes, for messages. */
  String missing() {
    if (endpoint == null) {
      return "word of which of its replicas is the primary";
    }
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
    if (endpoint == null) {
      return 0;
    }
    long nowNs = System.nanoTime();
    int work = answers.poll(handler, FRAMES_PER_CYCLE);
    if (failure != null) {
      throw new ParameterServerException(failure);
    }
    if (work > 0) {
      progressNs = nowNs;
      heardNs = nowNs;
    }
    if (!isOpen()) {
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
    if (port < 0 || nowNs - openingNs < REOPEN_NS) {
      return 0;
    }
    SparseTableConfig table = tables.get(opened);
    byte[] description = TableDescription.encode(table);
    if (!claimed(RowFrame.HEADER_LENGTH + description.length)) {
      return 0;
    }
    openingNs = nowNs;
    long key = TableDescription.key(table);
    RowFrame.putOpen(claim.buffer(), claim.offset(), parties, port, key, description);
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
    boolean isGone = result == Publication.CLOSED || result == Publication.MAX_POSITION_EXCEEDED;
    if (isGone && !hasStandbys()) { // else the coordinator soon says who is left
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
    if (!isOpen() && frame.table() == TableDescription.key(tables.get(opened))) {
      opened++;
      openingNs = System.nanoTime() - REOPEN_NS;
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
    CloseHelper.close(answers);
    CloseHelper.close(outlet);
  }
}
