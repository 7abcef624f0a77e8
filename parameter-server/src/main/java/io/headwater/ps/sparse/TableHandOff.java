package io.headwater.ps.sparse;

import io.headwater.checkpoint.BlockSource;
import io.headwater.checkpoint.CheckpointException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Lets the storage thread read a snapshot that belongs to the shard's thread: one asks for a block
 * and waits, the other fills it between two frames.
 */
final class TableHandOff implements BlockSource, SortedRows.Ids {
  private record Block(Consumer<TableSnapshot> fill, CompletableFuture<Void> filled) {}

  private final AtomicReference<Block> asked = new AtomicReference<>();
  private final TableSnapshot snapshot;
  private volatile boolean closed;

  TableHandOff(TableSnapshot snapshot) {
    this.snapshot = snapshot;
  }

  /** On the storage thread. */
  @Override
  public void read(long from, float[] into, int offset, int count) {
    ask(rows -> rows.read(from, into, offset, count));
  }

  /** On the storage thread. */
  @Override
  public void read(long firstRow, long[] into, int count) {
    ask(rows -> rows.read(firstRow, into, count));
  }

  private void ask(Consumer<TableSnapshot> fill) {
    Block block = new Block(fill, new CompletableFuture<>());
    asked.set(block);
    if (closed) {
      refuse();
    }
    try {
      block.filled().join();
    } catch (CompletionException e) {
      throw new CheckpointException("Cannot write a sparse table: " + e.getCause().getMessage(), e);
    }
  }

  /** Fills the block that is asked for, if one is; on the shard's thread. */
  int serve() {
    Block block = asked.getAndSet(null);
    if (block == null) {
      return 0;
    }
    block.fill().accept(snapshot);
    block.filled().complete(null);
    return 1;
  }

  /** Nothing is filled any more; on the shard's thread. */
  void close() {
    closed = true;
    refuse();
  }

  private void refuse() {
    Block block = asked.getAndSet(null);
    if (block != null) {
      block.filled().completeExceptionally(new IllegalStateException("the shard is closing"));
    }
  }
}
