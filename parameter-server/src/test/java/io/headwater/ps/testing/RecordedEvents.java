package io.headwater.ps.testing;

import io.headwater.ps.coordinator.RunListener;
import io.headwater.ps.coordinator.StepCompleted;
import io.headwater.ps.protocol.Event.WorkerLost;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Remembers what happened in a run. */
public final class RecordedEvents implements RunListener {
  private final List<StepCompleted> steps = new CopyOnWriteArrayList<>();
  private final List<String> snapshots = new CopyOnWriteArrayList<>();
  private final List<Integer> lost = new CopyOnWriteArrayList<>();
  private final CompletableFuture<String> end = new CompletableFuture<>();
  private final CompletableFuture<Void> firstStep = new CompletableFuture<>();
  private final Map<Integer, CompletableFuture<Void>> joins = new ConcurrentHashMap<>();
  private final AtomicInteger joined = new AtomicInteger();
  private final Object changed = new Object();
  private volatile Runnable onStep = () -> {};
  private volatile Runnable onWorkerLost = () -> {};
  private volatile Runnable onReplicaLost = () -> {};
  private volatile Runnable onReplicaJoined = () -> {};
  private final List<String> replicas = new CopyOnWriteArrayList<>();

  /** Also does this after each step. */
  public RecordedEvents onStep(Runnable action) {
    onStep = action;
    return this;
  }

  /** Also does this after the first step. */
  public void onFirstStep(Runnable action) {
    firstStep.thenRun(action);
  }

  /** Also does this whenever a worker is lost. */
  public void onWorkerLost(Runnable action) {
    onWorkerLost = action;
  }

  /** Waits until that many workers have joined, those that came back included. */
  public void awaitJoins(int count) {
    joins.computeIfAbsent(count, n -> new CompletableFuture<>()).join();
  }

  public List<StepCompleted> steps() {
    return new ArrayList<>(steps);
  }

  /** As {@code step/shard}. */
  public List<String> snapshots() {
    return new ArrayList<>(snapshots);
  }

  public List<Integer> lostWorkers() {
    return new ArrayList<>(lost);
  }

  /** As {@code lost shard/replica} and {@code joined shard/replica}. */
  public List<String> replicas() {
    return new ArrayList<>(replicas);
  }

  /** Waits until this, and nothing else, has happened to replicas. */
  public void awaitReplicas(List<String> expected) throws InterruptedException {
    synchronized (changed) {
      while (!replicas.equals(expected)) {
        changed.wait();
      }
    }
  }

  /** Waits until so many steps are complete. */
  public void awaitSteps(int count) throws InterruptedException {
    synchronized (changed) {
      while (steps.size() < count) {
        changed.wait();
      }
    }
  }

  private void changed() {
    synchronized (changed) {
      changed.notifyAll();
    }
  }

  /** Also does this whenever a replica is lost. */
  public void onReplicaLost(Runnable action) {
    onReplicaLost = action;
  }

  /** Also does this whenever a replica comes in again. */
  public void onReplicaJoined(Runnable action) {
    onReplicaJoined = action;
  }

  /** {@code finished N} or {@code failed: reason}. */
  public String awaitEnd() throws Exception {
    return end.get(60, TimeUnit.SECONDS);
  }

  @Override
  public void stepCompleted(StepCompleted step) {
    steps.add(step);
    changed();
    firstStep.complete(null);
    onStep.run();
  }

  @Override
  public void workerJoined(int worker) {
    joins.computeIfAbsent(joined.incrementAndGet(), n -> new CompletableFuture<>()).complete(null);
  }

  @Override
  public void workerLost(int worker, WorkerLost.Cause cause, String reason) {
    lost.add(worker);
    onWorkerLost.run();
  }

  @Override
  public void replicaLost(int shard, int replica, String reason) {
    replicas.add("lost " + shard + "/" + replica);
    changed();
    onReplicaLost.run();
  }

  @Override
  public void replicaJoined(int shard, int replica) {
    replicas.add("joined " + shard + "/" + replica);
    changed();
    onReplicaJoined.run();
  }

  @Override
  public void snapshotWritten(long step, int shard) {
    snapshots.add(step + "/" + shard);
  }

  @Override
  public void runFailed(String reason) {
    end.complete("failed: " + reason);
  }

  @Override
  public void runFinished(long step) {
    end.complete("finished " + step);
  }
}
