package io.headwater.benchmarks.ps;

import io.headwater.ps.coordinator.RunListener;
import io.headwater.ps.coordinator.StepCompleted;
import io.headwater.ps.protocol.Event.WorkerLost;
import java.util.function.LongConsumer;

/** The benchmark reads the workers' clocks, not the events; failures are said. */
final class SilentListener implements RunListener {
  private final LongConsumer onStep;

  SilentListener() {
    this(step -> {});
  }

  /** Also does something with the number of each completed step. */
  SilentListener(LongConsumer onStep) {
    this.onStep = onStep;
  }

  @Override
  public void stepCompleted(StepCompleted step) {
    onStep.accept(step.step());
  }

  @Override
  public void workerJoined(int worker) {}

  @Override
  public void workerLost(int worker, WorkerLost.Cause cause, String reason) {
    System.err.println("worker " + worker + " lost: " + reason);
  }

  @Override
  public void replicaLost(int shard, int replica, String reason) {}

  @Override
  public void replicaJoined(int shard, int replica) {}

  @Override
  public void snapshotWritten(long step, int shard) {}

  @Override
  public void runFailed(String reason) {
    System.err.println("run failed: " + reason);
  }

  @Override
  public void runFinished(long step) {}
}
