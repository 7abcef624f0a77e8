package io.headwater.driver.pretrain;

import io.headwater.checkpoint.CheckpointCommit;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.driver.run.RunFailure;
import io.headwater.driver.run.RunMetrics;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a checkpoint of every step that all shards have written, one after the other on a thread of
 * its own, so that no step waits for it.
 */
final class CheckpointCommitter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointCommitter.class);

  /** Hears, on the committing thread, what became of each step. */
  interface Listener {
    void committed(long step, String directory, double seconds);

    void failed(long step, RuntimeException reason);
  }

  private final String output;
  private final CheckpointCommit commit;
  private final int shards;
  private final int keep;
  private final long start; // step
  private final LongFunction<CheckpointDescription> description;
  private final Listener listener;
  private final Map<Long, Set<Integer>> written = new HashMap<>(); // on the listener's thread
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "checkpoint-commit"));
  private volatile String newest;

  /**
   * @param keep newest checkpoints that stay, besides the one that replicas which come in later
   *     start from; 0 = all
   * @param description of the checkpoint of a step
   * @param listener told of each commit; none is tried after one that failed
   */
  CheckpointCommitter(
      String output,
      StartingPoint start,
      int shards,
      int keep,
      LongFunction<CheckpointDescription> description,
      Listener listener) {
    this.output = output;
    this.commit = new CheckpointCommit(output, start.layout(), shards);
    this.shards = shards;
    this.keep = keep;
    this.start = start.step();
    this.description = description;
    this.listener = listener;
    this.newest = start.directory();
  }

  /** A shard's part is on storage; called on one thread. */
  void snapshotWritten(long step, int shard) {
    Set<Integer> parts = written.computeIfAbsent(step, key -> new HashSet<>());
    if (parts.add(shard) && parts.size() == shards) {
      written.remove(step);
      thread.execute(() -> commit(step));
    }
  }

  /** Folder of the newest checkpoint. */
  String newest() {
    return newest;
  }

  /** Waits until what was written is committed; then nobody starts from where the run did. */
  void finish(Duration timeout) throws InterruptedException {
    thread.shutdown();
    if (!thread.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new RunFailure(
          "Cannot finish: the last checkpoint under "
              + output
              + " was not committed within "
              + timeout.toSeconds()
              + " s");
    }
    if (keep > 0) {
      CheckpointCommit.keepNewest(output, keep);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private void commit(long step) {
    long begin = System.nanoTime();
    try {
      newest = commit.commit(step, description.apply(step));
      if (keep > 0) {
        CheckpointCommit.keepNewest(output, keep, start);
      }
      double seconds = (System.nanoTime() - begin) * 1e-9;
      RunMetrics.checkpointCommitted(step, newest, seconds);
      listener.committed(step, newest, seconds);
      LOG.info("Committed {} in {} s", newest, seconds);
    } catch (RuntimeException e) {
      RunMetrics.checkpointFailed();
      LOG.error("Cannot commit the checkpoint of step {}", step, e);
      listener.failed(step, e);
    }
  }
}
