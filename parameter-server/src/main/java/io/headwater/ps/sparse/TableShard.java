package io.headwater.ps.sparse;

import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.headwater.ps.protocol.RowFrame;
import io.headwater.ps.protocol.RowFrame.Type;
import io.headwater.ps.protocol.RowSet;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.transport.FrameOutlet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.agrona.CloseHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All tables of one run at one shard, and the workers that use them. For the shard's thread; never
 * waits.
 */
final class TableShard implements AutoCloseable {
  static final int MAX_TABLES = 256;
  private static final Logger LOG = LoggerFactory.getLogger(TableShard.class);

  /** Opens the way back to a worker whose frame is at hand. */
  @FunctionalInterface
  interface WayBack {
    FrameOutlet open(int worker, int port);
  }

  private final RunSpecification run;
  private final long key;
  private final ShardEndpoint endpoint;
  private final int shards;
  private final Executor storage;
  private final Map<Long, CompletableFuture<SparseTable>> tables = new LinkedHashMap<>();
  private final RowSession[] sessions;
  private final RowMetrics metrics;
  private final TableSnapshots snapshots;
  private final RowSet set = new RowSet();
  private final BufferClaim claim = new BufferClaim();

  TableShard(RunSpecification run, ShardEndpoint endpoint, int shards, Executor storage) {
    this.run = run;
    this.endpoint = endpoint;
    this.shards = shards;
    this.storage = storage;
    key = RunKey.of(run.runId());
    sessions = new RowSession[run.workers()];
    metrics = new RowMetrics(endpoint.shard());
    snapshots =
        new TableSnapshots(
            run.checkpoints().output(), new TablePart(endpoint.shard(), shards), storage);
  }

  /** Takes a frame in, or leaves it where it is until its answer has room. */
  Action onFrame(RowFrame frame, WayBack back) {
    int worker = frame.worker();
    if (frame.run() != key
        || frame.shard() != endpoint.shard()
        || worker < 0
        || worker >= sessions.length) {
      metrics.rejected();
      return Action.CONTINUE;
    }
    if (frame.type() == Type.OPEN) {
      onOpen(frame, back);
      return Action.CONTINUE;
    }
    RowSession session = sessions[worker];
    if (session == null || session.incarnation() != frame.incarnation()) {
      metrics.rejected();
      return Action.CONTINUE;
    }
    switch (frame.type()) {
      case PUSH -> onPush(frame, session);
      case PULL -> {
        return onPull(frame, session);
      }
      default -> metrics.rejected();
    }
    return Action.CONTINUE;
  }

  /** Starts to write all tables as they are now. */
  void snapshot(long step) {
    List<SparseTable> open = new ArrayList<>();
    for (long tableKey : tables.keySet()) {
      SparseTable table = table(tableKey);
      if (table != null) {
        open.add(table);
      }
    }
    snapshots.take(open, step);
  }

  /** Whether the last snapshot is on storage; throws what writing it threw. */
  boolean isWritten() {
    return snapshots.isWritten();
  }

  /** Acknowledges pushes, hands rows to storage; returns the amount of work done. */
  int doWork() {
    int work = snapshots.doWork();
    for (RowSession session : sessions) {
      if (session != null) {
        work += session.flush();
      }
    }
    return work;
  }

  private void onOpen(RowFrame frame, WayBack back) {
    int worker = frame.worker();
    long port = frame.sequence();
    RowSession before = sessions[worker];
    if (port < 0
        || port > 65_535
        || (before != null && frame.incarnation() < before.incarnation())) {
      metrics.rejected();
      return;
    }
    if (before == null || frame.incarnation() > before.incarnation()) {
      CloseHelper.close(before);
      sessions[worker] = new RowSession(frame.parties(), back.open(worker, (int) port));
    }
    RowSession session = sessions[worker];
    // Without an answer the worker asks again.
    open(frame).ifPresent(result -> session.answer(Type.OPENED, 0, 0, frame.table(), result));
  }

  /** How opening a table went; empty while its checkpoint is being read. */
  private Optional<RowResult> open(RowFrame frame) {
    Optional<SparseTableConfig> config = TableDescription.decode(frame.description());
    if (config.isEmpty()
        || TableDescription.key(config.orElseThrow()) != frame.table()
        || RowFrame.rows(endpoint.mtu(), config.orElseThrow().columns()) < 1) {
      return Optional.of(RowResult.UNKNOWN);
    }
    CompletableFuture<SparseTable> table = tables.get(frame.table());
    if (table == null) {
      if (tables.size() == MAX_TABLES) {
        return Optional.of(RowResult.TOO_MANY);
      }
      table = CompletableFuture.supplyAsync(() -> load(config.orElseThrow()), storage);
      tables.put(frame.table(), table);
    }
    if (!table.isDone()) {
      return Optional.empty();
    }
    try {
      boolean same = table.join().config().equals(config.orElseThrow());
      return Optional.of(same ? RowResult.OK : RowResult.DIFFERENT);
    } catch (CompletionException e) {
      return Optional.of(RowResult.UNREADABLE);
    }
  }

  /** On the storage thread. */
  private SparseTable load(SparseTableConfig config) {
    SparseTable table = new SparseTable(config);
    try {
      TableCheckpoint.loadStart(
          run.checkpoints().from(),
          table,
          id -> RowPlacement.shard(id, shards) == endpoint.shard());
      return table;
    } catch (RuntimeException e) {
      table.close();
      LOG.error("run {}: {}: {}", run.runId(), endpoint, e.getMessage());
      throw e;
    }
  }

  /** The table of a key; null if it is not open. */
  SparseTable table(long tableKey) {
    CompletableFuture<SparseTable> table = tables.get(tableKey);
    return table != null && table.isDone() && !table.isCompletedExceptionally()
        ? table.join()
        : null;
  }

  private void onPush(RowFrame frame, RowSession session) {
    if (frame.sequence() != session.applied() + 1) {
      metrics.repeated(frame.sequence() <= session.applied());
      session.repeatAcknowledgement();
      return;
    }
    SparseTable table = table(frame.table());
    RowResult result = RowResult.UNKNOWN;
    if (table != null && table.config().columns() == frame.columns()) {
      frame.read(set);
      result = RowResult.of(table.push(set.ids(), set.values(), set.count(), frame.rate()));
      metrics.pushed(table, frame.count(), result);
    }
    session.onPush(result);
  }

  private Action onPull(RowFrame frame, RowSession session) {
    if (frame.mark() > session.applied()) {
      metrics.rejected(); // it has overtaken a push that was lost; both come again
      return Action.CONTINUE;
    }
    SparseTable table = table(frame.table());
    if (table == null) {
      return answered(session, frame, RowResult.UNKNOWN);
    }
    int columns = table.config().columns();
    if (frame.count() > RowFrame.rows(endpoint.mtu(), columns)) {
      metrics.rejected();
      return Action.CONTINUE;
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

  @Override
  public void close() {
    snapshots.close();
    for (RowSession session : sessions) {
      CloseHelper.close(session);
    }
    tables.values().forEach(table -> table.thenAccept(SparseTable::close));
  }
}
