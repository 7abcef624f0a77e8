package io.headwater.ps.sparse;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** Writes a shard's tables to storage, all as of one moment; for the shard's thread. */
final class TableSnapshots implements AutoCloseable {
  private record Writing(SparseTable table, TableHandOff handOff, CompletableFuture<Void> done) {}

  private final String output;
  private final TablePart part;
  private final Executor storage;
  private final List<Writing> writings = new ArrayList<>();

  TableSnapshots(String output, TablePart part, Executor storage) {
    this.output = output;
    this.part = part;
    this.storage = storage;
  }

  void take(List<SparseTable> tables, long step) {
    if (!writings.isEmpty()) {
      throw new IllegalStateException(
          "Cannot snapshot tables at step " + step + ": those of a step before are being written");
    }
    for (SparseTable table : tables) {
      TableSnapshot snapshot = table.beginSnapshot();
      TableHandOff handOff = new TableHandOff(snapshot);
      String name = table.config().name();
      long elements = snapshot.rows() * snapshot.fields().elementsOfRow();
      CompletableFuture<Void> done =
          CompletableFuture.runAsync(
              () -> {
                snapshot.order(handOff);
                TableCheckpoint.writePart(output, name, step, handOff, elements, part);
              },
              storage);
      writings.add(new Writing(table, handOff, done));
    }
  }

  /** Hands out what storage asks for; returns the amount of work done. */
  int doWork() {
    int work = 0;
    for (int i = 0; i < writings.size(); i++) {
      work += writings.get(i).handOff().serve();
    }
    return work;
  }

  /**
   * Whether all is written.
   *
   * @throws RuntimeException what writing threw
   */
  boolean isWritten() {
    for (Writing writing : writings) {
      if (!writing.done().isDone()) {
        return false;
      }
    }
    List<Writing> ended = List.copyOf(writings);
    writings.clear();
    ended.forEach(writing -> writing.table().endSnapshot());
    for (Writing writing : ended) {
      try {
        writing.done().join();
      } catch (CompletionException e) {
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        throw e;
      }
    }
    return true;
  }

  /** Gives up what is not written yet; the tables may be closed when this returns. */
  @Override
  public void close() {
    for (Writing writing : writings) {
      writing.handOff().close();
      writing.done().exceptionally(e -> null).join();
    }
    writings.clear();
  }
}
