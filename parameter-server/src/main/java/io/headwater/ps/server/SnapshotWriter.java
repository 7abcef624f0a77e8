package io.headwater.ps.server;

import io.headwater.checkpoint.BlockSource;
import io.headwater.checkpoint.ShardCheckpointWriter;
import io.headwater.ps.PsMetrics;
import io.headwater.ps.optimizer.Blocks;
import io.headwater.ps.sparse.ShardTables;
import io.prometheus.client.Histogram;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * Keeps checkpoints without stopping the step: the shard's thread copies the state, another one
 * writes the copy. One snapshot at a time; the copy's memory is used again.
 */
final class SnapshotWriter {
  private final ShardModel model;
  private final ShardCheckpointWriter writer;
  private final Executor storage;
  private final ShardTables tables;
  private final Histogram.Child snapshotSeconds = PsMetrics.checkpointSeconds("snapshot");
  private final Histogram.Child writeSeconds = PsMetrics.checkpointSeconds("write");
  private float[][] weights;
  private Map<String, float[][]> state;
  private long step = -1;
  private CompletableFuture<Void> writing;

  SnapshotWriter(
      ShardModel model, String output, int shards, Executor storage, ShardTables tables) {
    this.model = model;
    this.storage = storage;
    this.tables = tables;
    this.writer =
        new ShardCheckpointWriter(
            output, model.shard(), shards, model.range().from(), model.range().to());
  }

  /** Copies the state and starts to write it. */
  void take(long atStep) {
    if (writing != null) {
      throw new IllegalStateException(
          "Cannot snapshot step " + atStep + ": that of step " + step + " is being written");
    }
    step = atStep;
    snapshotSeconds.time(this::copy);
    Map<String, BlockSource> sources = new HashMap<>();
    state.forEach((name, blocks) -> sources.put(name, source(blocks)));
    writing =
        CompletableFuture.runAsync(
            () -> writeSeconds.time(() -> writer.write(atStep, source(weights), sources)), storage);
    tables.snapshot(atStep);
  }

  /**
   * Whether a snapshot has just reached storage; true once for each.
   *
   * @throws RuntimeException what writing it threw
   */
  boolean pollWritten() {
    if (writing == null || !writing.isDone() || !tables.isWritten()) {
      return false;
    }
    CompletableFuture<Void> done = writing;
    writing = null;
    try {
      done.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
    return true;
  }

  /** Whether one is being written. */
  boolean isBusy() {
    return writing != null;
  }

  /** Step of the last snapshot taken; -1 if none was. */
  long step() {
    return step;
  }

  private void copy() {
    if (weights == null) {
      weights = Blocks.allocate(model.range().elements());
      state = new HashMap<>();
      model
          .optimizerState()
          .keySet()
          .forEach(name -> state.put(name, Blocks.allocate(model.range().elements())));
    }
    Blocks.copy(model.weights(), weights);
    model.optimizerState().forEach((name, blocks) -> Blocks.copy(blocks, state.get(name)));
  }

  private BlockSource source(float[][] blocks) {
    long first = model.range().from();
    return (from, into, offset, count) -> Blocks.read(blocks, from - first, into, offset, count);
  }
}
