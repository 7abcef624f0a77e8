package io.headwater.driver.words;

import io.headwater.driver.log.LogContext;
import io.headwater.driver.run.RunFailure;
import io.headwater.driver.run.RunMetrics;
import io.headwater.driver.run.Watchers;
import io.headwater.ps.coordinator.RunListener;
import io.headwater.ps.coordinator.StepCompleted;
import io.headwater.ps.protocol.Event.WorkerLost;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a run whose batches are parts of a text, epoch by epoch. Told by several threads, asked
 * by another.
 */
final class TableEvents implements RunListener {
  private static final Logger LOG = LoggerFactory.getLogger(TableEvents.class);

  /**
   * An epoch that is done.
   *
   * @param step whose tables are on storage: that of the epoch's end, or a later one if the first
   *     attempt was lost with a shard's primary
   */
  record Done(EmbeddingTraining.Epoch epoch, long step) {}

  /** What is known of an epoch. */
  private static final class Epoch {
    private final CompletableFuture<Done> end = new CompletableFuture<>();
    private long words;
    private double loss; // summed over words
    private double seconds;
  }

  private final int parts;
  private final int shards;
  private final Watchers watchers;
  private final Map<Integer, Epoch> epochs = new TreeMap<>();
  private final Map<Integer, WorkerLost.Cause> lostWorkers = new ConcurrentHashMap<>();
  private final BitSet written = new BitSet(); // shards whose part of a step is on storage
  private long writtenStep = -1;
  private LongConsumer words = count -> {};
  private int watched = -1;
  private RuntimeException failure; // null: none
  private long lastNanos = System.nanoTime();
  private long beginNanos = lastNanos; // of the epoch that is under way
  private boolean begun;

  /**
   * @param parts of the text: steps of an epoch
   * @param watchers are told who comes and goes
   */
  TableEvents(int parts, int shards, Watchers watchers) {
    this.parts = parts;
    this.shards = shards;
    this.watchers = watchers;
  }

  /**
   * What an epoch did, once it is done and all shards have written their tables as of its end.
   *
   * @param told hears how many words are done
   */
  synchronized CompletableFuture<Done> watch(int epoch, LongConsumer told) {
    watched = epoch;
    words = told;
    told.accept(of(epoch).words);
    return of(epoch).end;
  }

  /** Seconds since the last sign of progress. */
  synchronized double idleSeconds() {
    return (System.nanoTime() - lastNanos) * 1e-9;
  }

  /** The run cannot go on; the first reason counts. */
  synchronized void failed(RuntimeException reason) {
    if (failure == null) {
      failure = reason;
      epochs.values().forEach(epoch -> epoch.end.completeExceptionally(reason));
    }
  }

  synchronized boolean hasFailed() {
    return failure != null;
  }

  private Epoch of(int epoch) {
    return epochs.computeIfAbsent(
        epoch,
        number -> {
          Epoch begun = new Epoch();
          if (failure != null) {
            begun.end.completeExceptionally(failure);
          }
          return begun;
        });
  }

  @Override
  public synchronized void stepCompleted(StepCompleted step) {
    LogContext.step(step.step());
    long now = System.nanoTime();
    RunMetrics.step(step, (now - lastNanos) * 1e-9);
    lastNanos = now;
    int number = Math.toIntExact((step.step() - 1) / parts);
    Epoch epoch = of(number);
    epoch.words += step.tokens();
    epoch.loss += step.loss() * step.tokens();
    begun = true;
    if (step.step() % parts == 0) {
      epoch.seconds = (now - beginNanos) * 1e-9;
      beginNanos = now;
    }
    if (number == watched) {
      words.accept(epoch.words);
    }
  }

  @Override
  public synchronized void snapshotWritten(long step, int shard) {
    lastNanos = System.nanoTime();
    LOG.info("Shard {} wrote its part of step {}", shard, step);
    if (step != writtenStep) {
      writtenStep = step;
      written.clear();
    }
    written.set(shard);
    if (written.cardinality() == shards) {
      epochs.forEach((number, epoch) -> endIfWritten(number, epoch));
    }
  }

  private void endIfWritten(int number, Epoch epoch) {
    if ((number + 1L) * parts <= writtenStep && !epoch.end.isDone()) {
      EmbeddingTraining.Epoch did =
          new EmbeddingTraining.Epoch(epoch.words, epoch.loss / epoch.words, epoch.seconds);
      epoch.end.complete(new Done(did, writtenStep));
    }
  }

  @Override
  public synchronized void workerJoined(int worker) {
    lastNanos = System.nanoTime();
    if (!begun) {
      beginNanos = lastNanos; // the last of them decides when training begins
    }
    LOG.info("Worker {} joined", worker);
    watchers.status().workerJoined(worker);
    WorkerLost.Cause cause = lostWorkers.remove(worker);
    if (cause != null) {
      RunMetrics.workerRestarted(cause);
    }
  }

  @Override
  public void workerLost(int worker, WorkerLost.Cause cause, String reason) {
    LOG.warn("Worker {} is lost: {}", worker, reason);
    RunMetrics.workerLost();
    lostWorkers.put(worker, cause);
    watchers.status().workerLost(worker, reason);
    watchers
        .progress()
        .say("Worker " + worker + " is lost: " + reason + "; others take its part over");
  }

  @Override
  public void replicaLost(int shard, int replica, String reason) {
    LOG.warn("Replica {} of shard {} is lost: {}", replica, shard, reason);
    RunMetrics.replicaLost();
    watchers.status().replicaLost(shard, replica, reason);
    watchers
        .progress()
        .say(
            "Replica %d of shard %d is lost: %s; the run goes on"
                .formatted(replica, shard, reason));
  }

  @Override
  public void replicaJoined(int shard, int replica) {
    LOG.info("Replica {} of shard {} joined", replica, shard);
    watchers.status().replicaJoined(shard, replica);
  }

  @Override
  public void runFailed(String reason) {
    failed(new RunFailure(reason));
  }

  @Override
  public void runFinished(long step) {
    LOG.info("The run finished at step {}", step);
  }
}
