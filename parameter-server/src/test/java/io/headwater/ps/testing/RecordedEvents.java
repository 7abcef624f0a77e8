package io.headwater.ps.testing;

import io.headwater.ps.client.RunListener;
import io.headwater.ps.client.StepCompleted;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Remembers what happened in a run. */
public final class RecordedEvents implements RunListener {
  private final List<StepCompleted> steps = new CopyOnWriteArrayList<>();
  private final List<String> snapshots = new CopyOnWriteArrayList<>();
  private final List<Integer> lost = new CopyOnWriteArrayList<>();
  private final CompletableFuture<String> end = new CompletableFuture<>();
  private volatile Runnable onStep = () -> {};

  /** Also does this after each step. */
  public RecordedEvents onStep(Runnable action) {
    onStep = action;
    return this;
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

  /** {@code finished N} or {@code failed: reason}. */
  public String awaitEnd() throws Exception {
    return end.get(60, TimeUnit.SECONDS);
  }

  @Override
  public void stepCompleted(StepCompleted step) {
    steps.add(step);
    onStep.run();
  }

  @Override
  public void workerJoined(int worker) {}

  @Override
  public void workerLost(int worker, String reason) {
    lost.add(worker);
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
