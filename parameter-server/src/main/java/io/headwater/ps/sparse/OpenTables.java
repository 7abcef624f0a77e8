package io.headwater.ps.sparse;

import io.headwater.ps.protocol.RowFrame;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongHashSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tables of one run at one replica. For its thread; checkpoints are read by another. */
final class OpenTables implements AutoCloseable {
  static final int MAX_TABLES = 256;
  private static final Logger LOG = LoggerFactory.getLogger(OpenTables.class);

  private final RunSpecification run;
  private final ShardEndpoint endpoint;
  private final int shards;
  private final int mtu;
  private final Executor storage;
  private final List<CompletableFuture<SparseTable>> inOrder = new ArrayList<>();
  private final Long2ObjectHashMap<CompletableFuture<SparseTable>> byKey =
      new Long2ObjectHashMap<>();
  private final LongHashSet shared = new LongHashSet();

  /**
   * @param mtu that a row must fit
   */
  OpenTables(RunSpecification run, ShardEndpoint endpoint, int shards, int mtu, Executor storage) {
    this.run = run;
    this.endpoint = endpoint;
    this.shards = shards;
    this.mtu = mtu;
    this.storage = storage;
  }

  /**
   * Opens the table that a frame describes, from the checkpoint that the run starts from if it is
   * the first to do so; empty while that is being read.
   */
  Optional<RowResult> open(RowFrame frame) {
    Optional<SparseTableConfig> described = described(frame);
    if (described.isEmpty()) {
      return Optional.of(RowResult.UNKNOWN);
    }
    SparseTableConfig config = described.orElseThrow();
    if (isFull(frame.table())) {
      return Optional.of(RowResult.TOO_MANY);
    }
    CompletableFuture<SparseTable> table = byKey.get(frame.table());
    if (table == null) {
      table = CompletableFuture.supplyAsync(() -> load(config), storage);
      add(frame.table(), table);
    }
    return table.isDone() ? Optional.of(result(table, config)) : Optional.empty();
  }

  /** Opens the table that a frame describes without any rows: another replica sends them. */
  RowResult openEmpty(RowFrame frame) {
    Optional<SparseTableConfig> described = described(frame);
    if (described.isEmpty() || isFull(frame.table())) {
      return RowResult.UNKNOWN;
    }
    CompletableFuture<SparseTable> known = byKey.get(frame.table());
    if (known != null) {
      return result(known, described.orElseThrow());
    }
    add(frame.table(), CompletableFuture.completedFuture(new SparseTable(described.orElseThrow())));
    return RowResult.OK;
  }

  private Optional<SparseTableConfig> described(RowFrame frame) {
    return TableDescription.decode(frame.description())
        .filter(config -> TableDescription.key(config) == frame.table())
        .filter(config -> RowFrame.rows(mtu, config.columns()) >= 1);
  }

  private boolean isFull(long key) {
    return inOrder.size() == MAX_TABLES && !byKey.containsKey(key);
  }

  private void add(long key, CompletableFuture<SparseTable> table) {
    byKey.put(key, table);
    inOrder.add(table);
  }

  private static RowResult result(CompletableFuture<SparseTable> table, SparseTableConfig config) {
    try {
      return table.join().config().equals(config) ? RowResult.OK : RowResult.DIFFERENT;
    } catch (CompletionException e) {
      return RowResult.UNREADABLE;
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
  SparseTable of(long key) {
    return opened(byKey.get(key));
  }

  /** Notes that others know of a table; returns whether they did not before. */
  boolean share(long key) {
    return shared.add(key);
  }

  /** Number of tables, those that are being read or cannot be read included. */
  int size() {
    return inOrder.size();
  }

  /** A table in the order of their opening; null if it is not open. */
  SparseTable at(int place) {
    return opened(inOrder.get(place));
  }

  private static SparseTable opened(CompletableFuture<SparseTable> table) {
    return table != null && table.isDone() && !table.isCompletedExceptionally()
        ? table.join()
        : null;
  }

  /** All that are open. */
  List<SparseTable> all() {
    List<SparseTable> open = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      if (at(i) != null) {
        open.add(at(i));
      }
    }
    return open;
  }

  @Override
  public void close() {
    inOrder.forEach(table -> table.thenAccept(SparseTable::close));
    inOrder.clear();
    byKey.clear();
    shared.clear();
  }
}
