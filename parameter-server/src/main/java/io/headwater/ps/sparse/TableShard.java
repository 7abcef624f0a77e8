package io.headwater.ps.sparse;

import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.headwater.ps.protocol.Event.PlanAnnounced;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.RowFrame;
import io.headwater.ps.protocol.RowFrame.Type;
import io.headwater.ps.protocol.RowSet;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.transport.FrameOutlet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.agrona.concurrent.NanoClock;

/*
 * The replicas of a shard are a chain, in the order of the plan (van Renesse and Schneider, Chain
 * Replication, OSDI 2004). Workers speak to the first, the primary, which decides what is applied
 * and in which order; each applies and passes on; what the last has taken in is acknowledged. So
 * whoever is first after a loss has all that was acknowledged, and the rest comes again from the
 * workers. A new replica is the last of the chain, and is brought up by the one before it.
 */
/**
 * All tables of one run at one replica of a shard, and the workers that use them. For the replica's
 * thread; never waits.
 */
final class TableShard implements AutoCloseable {
  /** Opens the way back to a worker whose frame is at hand. */
  @FunctionalInterface
  interface WayBack {
    FrameOutlet open(int worker, int port);
  }

  private final long key;
  private final ReplicaId self;
  private final ShardEndpoint endpoint;
  private final int mtu; // of the replica that carries the least
  private final OpenTables tables;
  private final RowSessions sessions;
  private final Upstream upstream;
  private final Downstream downstream;
  private final RowMetrics metrics;
  private final TableSnapshots snapshots;
  private final RowSet set = new RowSet();
  private final BufferClaim claim = new BufferClaim();
  private boolean present; // this replica is in the newest plan, or there is no other
  private boolean known; // it was in some plan
  private boolean complete = true; // it has the state
  private String failure; // null: none

  /**
   * @param endpoints all replicas of all shards, in order
   * @param ways to the other replicas
   * @param storage where checkpoints are read and written
   */
  TableShard(
      RunSpecification run,
      ReplicaId self,
      List<ShardEndpoint> endpoints,
      Function<ReplicaId, FrameOutlet> ways,
      Executor storage,
      NanoClock clock) {
    this.self = self;
    List<ShardEndpoint> replicas =
        endpoints.stream().filter(place -> place.shard() == self.shard()).toList();
    endpoint = replicas.get(self.replica());
    mtu = replicas.stream().mapToInt(ShardEndpoint::mtu).min().orElseThrow();
    present = replicas.size() == 1;
    key = RunKey.of(run.runId());
    int shards = ShardEndpoint.shards(endpoints);
    tables = new OpenTables(run, endpoint, shards, mtu, storage);
    sessions = new RowSessions(run.workers());
    upstream = new Upstream(key, self, ways, clock);
    downstream =
        new Downstream(ways, () -> new StateCopy(tables, sessions, key, self.shard(), mtu), clock);
    metrics = new RowMetrics(self.shard());
    snapshots =
        new TableSnapshots(
            run.checkpoints().output(), new TablePart(self.shard(), shards), storage);
  }

  /** Takes this replica's place in the chain of a plan. */
  void follow(PlanAnnounced plan) {
    List<ReplicaId> chain =
        plan.replicas().stream().filter(replica -> replica.shard() == self.shard()).toList();
    int place = chain.indexOf(self);
    present = place >= 0;
    if (!present) {
      upstream.follow(Optional.empty());
      downstream.follow(Optional.empty());
      return;
    }
    if (!known) {
      known = true;
      complete = !plan.newcomers().contains(self);
    }
    downstream.follow(at(chain, place + 1));
    if (upstream.follow(at(chain, place - 1))) {
      downstream.restartTags();
      if (!complete) {
        tables.close(); // what it had was another's
      }
    }
    if (place == 0 && !complete) {
      fail("it is the primary, and does not have the state");
    }
  }

  private static Optional<ReplicaId> at(List<ReplicaId> chain, int place) {
    return place >= 0 && place < chain.size() ? Optional.of(chain.get(place)) : Optional.empty();
  }

  /** Whether all that was acknowledged is here. */
  boolean hasState() {
    return complete;
  }

  /**
   * @throws ParameterServerException if this replica cannot hold what the others do
   */
  void check() {
    if (failure != null) {
      throw new ParameterServerException("cannot keep tables: " + failure);
    }
  }

  private void fail(String reason) {
    failure = failure == null ? reason : failure;
  }

  private boolean isPrimary() {
    return present && !upstream.isOn();
  }

  /** Takes a frame in, or leaves it where it is until it can be dealt with. */
  Action onFrame(RowFrame frame, WayBack back) {
    if (frame.run() != key || frame.shard() != self.shard() || !present || failure != null) {
      return rejected();
    }
    return switch (frame.type()) {
      case OPEN, PUSH, PULL -> onWorker(frame, back);
      case COPIED_OPEN, COPIED_PUSH, RECORDS, SESSION, COMPLETE -> onLink(frame);
      case ATTACH -> {
        downstream.onAttach(frame);
        yield Action.CONTINUE;
      }
      case HELD -> {
        downstream.onHeld(frame);
        yield Action.CONTINUE;
      }
      case OPENED, PUSHED, ROWS -> rejected();
    };
  }

  private Action rejected() {
    metrics.rejected();
    return Action.CONTINUE;
  }

  private Action onWorker(RowFrame frame, WayBack back) {
    if (!isPrimary() || !sessions.isWorker(frame.worker())) {
      return rejected();
    }
    if (frame.type() == Type.OPEN) {
      return onOpen(frame, back);
    }
    RowSession session = sessions.of(frame.worker(), frame.incarnation());
    if (session == null || !session.isConnected()) {
      return rejected();
    }
    return frame.type() == Type.PUSH ? onPush(frame, session) : onPull(frame, session);
  }

  private Action onOpen(RowFrame frame, WayBack back) {
    if (sessions.isStale(frame.worker(), frame.incarnation())) {
      return rejected();
    }
    if (!downstream.hasRoom(frame.length())) {
      return Action.ABORT;
    }
    boolean isNew = sessions.of(frame.worker(), frame.incarnation()) == null;
    RowSession session = sessions.begin(frame.parties());
    if (!session.isConnected()) {
      session.connect(back.open(frame.worker(), (int) frame.sequence()));
    }
    Optional<RowResult> result = tables.open(frame);
    if (result.isPresent()) { // without an answer the worker asks again
      RowResult how = result.orElseThrow();
      if (how == RowResult.OK && (tables.share(frame.table()) || isNew)) {
        downstream.pass(frame, 0);
      }
      session.answer(Type.OPENED, 0, 0, frame.table(), how);
    }
    return Action.CONTINUE;
  }

  private Action onPush(RowFrame frame, RowSession session) {
    session.onHeld(downstream.held());
    if (!session.isNext(frame.sequence())) {
      metrics.repeated(frame.sequence() <= session.applied());
      session.repeatAcknowledgement();
      return Action.CONTINUE;
    }
    if (!downstream.hasRoom(frame.length())) {
      return Action.ABORT;
    }
    SparseTable table = tables.of(frame.table());
    RowResult result = RowResult.UNKNOWN;
    if (table != null && table.config().columns() == frame.columns()) {
      result = push(frame, table);
      metrics.pushed(table, frame.count(), result);
    }
    if (result == RowResult.OK) {
      session.onApplied(downstream.pass(frame, 0));
    } else {
      session.refuse(result);
    }
    return Action.CONTINUE;
  }

  private RowResult push(RowFrame frame, SparseTable table) {
    frame.read(set);
    return RowResult.of(table.push(set.ids(), set.values(), set.count(), frame.rate()));
  }

  private Action onPull(RowFrame frame, RowSession session) {
    if (frame.mark() > session.applied()) {
      return rejected(); // it has overtaken a push that was lost; both come again
    }
    SparseTable table = tables.of(frame.table());
    if (table == null) {
      return answered(session, frame, RowResult.UNKNOWN);
    }
    int columns = table.config().columns();
    if (frame.count() > RowFrame.rows(endpoint.mtu(), columns)) {
      return rejected();
    }
    long claimed = session.tryClaim(RowFrame.length(frame.count(), columns), claim);
    if (claimed <= 0) {
      return RowSession.isGone(claimed) ? Action.CONTINUE : Action.ABORT;
    }
    frame.read(set);
    set.widen(columns);
    if (!table.pull(set.ids(), set.count(), set.values())) {
      claim.abort();
      return answered(session, frame, RowResult.FULL);
    }
    RowFrame.putRows(
        claim.buffer(), claim.offset(), session.parties(), frame.sequence(), frame.table(), set);
    session.commit(claim);
    metrics.pulled(table, frame.count());
    return Action.CONTINUE;
  }

  private static Action answered(RowSession session, RowFrame frame, RowResult result) {
    session.answer(Type.ROWS, frame.sequence(), 0, frame.table(), result);
    return Action.CONTINUE; // without an answer the worker asks again
  }

  /** A frame of the replica before this one. */
  private Action onLink(RowFrame frame) {
    if (!upstream.isNext(frame)) {
      return Action.CONTINUE;
    }
    if (!downstream.hasRoom(frame.length())) {
      return Action.ABORT;
    }
    boolean taken =
        switch (frame.type()) {
          case COPIED_OPEN -> onCopiedOpen(frame);
          case COPIED_PUSH -> onCopiedPush(frame);
          case SESSION -> onSession(frame);
          case RECORDS -> onRecords(frame);
          default -> onComplete();
        };
    if (!taken) {
      return Action.ABORT;
    }
    upstream.onTaken();
    return Action.CONTINUE;
  }

  /** Returns whether it is dealt with: not as long as a checkpoint is being read. */
  private boolean onCopiedOpen(RowFrame frame) {
    boolean ofWorker = sessions.isWorker(frame.worker());
    Optional<RowResult> result =
        ofWorker ? tables.open(frame) : Optional.of(tables.openEmpty(frame));
    if (result.isEmpty()) {
      return false;
    }
    if (result.orElseThrow() != RowResult.OK) {
      fail("it cannot open a table that its predecessor has: " + result.orElseThrow().why());
    } else if (ofWorker && !sessions.isStale(frame.worker(), frame.incarnation())) {
      sessions.begin(frame.parties());
      downstream.pass(frame, upstream.received() + 1);
    }
    return true;
  }

  private boolean onCopiedPush(RowFrame frame) {
    if (!sessions.isWorker(frame.worker())
        || sessions.isStale(frame.worker(), frame.incarnation())) {
      return true;
    }
    RowSession session = sessions.begin(frame.parties());
    if (frame.sequence() <= session.applied()) {
      return true; // the primary before has passed it on too
    }
    session.onHeld(downstream.held());
    SparseTable table = tables.of(frame.table());
    if (table != null && table.config().columns() == frame.columns()) {
      RowResult result = push(frame, table);
      if (result != RowResult.OK && complete) {
        fail("it refuses a push that its predecessor has applied: " + result.why());
      }
    } else if (complete) {
      fail("it has no table for a push that its predecessor has applied");
    }
    if (frame.sequence() == session.applied() + 1) {
      session.onApplied(downstream.pass(frame, upstream.received() + 1));
    } else if (complete) {
      fail("it lacks pushes that its predecessor has applied");
    } else {
      session.restore(frame.sequence());
    }
    return true;
  }

  private boolean onSession(RowFrame frame) {
    if (!complete && sessions.isWorker(frame.worker())) {
      sessions.begin(frame.parties()).restore(frame.sequence());
    }
    return true;
  }

  private boolean onRecords(RowFrame frame) {
    if (complete) {
      return true;
    }
    SparseTable table = tables.of(frame.table());
    frame.read(set);
    if (table == null || !table.writeRecords(set, frame.sequence())) {
      fail("its predecessor has sent rows that no table of it can hold");
    }
    return true;
  }

  private boolean onComplete() {
    complete = true;
    return true;
  }

  /** Starts to write all tables as they are now. */
  void snapshot(long step) {
    snapshots.take(tables.all(), step);
  }

  /** Whether the last snapshot is on storage; throws what writing it threw. */
  boolean isWritten() {
    return snapshots.isWritten();
  }

  /** Passes on, acknowledges, hands rows to storage; returns the amount of work done. */
  int doWork() {
    int work = snapshots.doWork();
    if (!present) {
      return work; // what others do not hold is not acknowledged by one that was given up
    }
    work += downstream.poll(complete, upstream.received() + 1);
    work += upstream.poll(complete, downstream.heldTag(upstream.received()));
    return work + sessions.flush(downstream.held());
  }

  /** The table of a key; null if it is not open. */
  SparseTable table(long tableKey) {
    return tables.of(tableKey);
  }

  @Override
  public void close() {
    snapshots.close();
    upstream.close();
    downstream.close();
    sessions.close();
    tables.close();
  }
}
