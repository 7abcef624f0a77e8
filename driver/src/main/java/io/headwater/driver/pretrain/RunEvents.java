package io.headwater.driver.pretrain;

import io.headwater.driver.log.LogContext;
import io.headwater.driver.run.RunMetrics;
import io.headwater.driver.status.RunStatus;
import io.headwater.ps.coordinator.RunListener;
import io.headwater.ps.coordinator.StepCompleted;
import io.headwater.ps.protocol.Event.WorkerLost;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes the parameter server's events on. */
final class RunEvents implements RunListener {
  private static final Logger LOG = LoggerFactory.getLogger(RunEvents.class);

  private final RunStatus status;
  private final TrainingLog log;
  private final CheckpointCommitter committer;
  private final GuardHistory guard;
  private final RunEnd end;
  private final Map<Integer, WorkerLost.Cause> lostWorkers = new HashMap<>();
  private final Set<Integer> present = new HashSet<>(); // workers

  RunEvents(
      RunStatus status,
      TrainingLog log,
      CheckpointCommitter committer,
      GuardHistory guard,
      RunEnd end) {
    this.status = status;
    this.log = log;
    this.committer = committer;
    this.guard = guard;
    this.end = end;
  }

  @Override
  public void stepCompleted(StepCompleted step) {
    guard.stepCompleted(step);
    LogContext.step(step.step());
    status.stepCompleted(step);
    log.stepCompleted(step);
  }

  @Override
  public void workerJoined(int worker) {
    LOG.info("Worker {} joined", worker);
    status.workerJoined(worker);
    WorkerLost.Cause cause = lostWorkers.remove(worker);
    if (cause != null) {
      RunMetrics.workerRestarted(cause);
    }
    present.add(worker);
    log.workersPresent(present.size());
    log.alive();
  }

  @Override
  public void workerLost(int worker, WorkerLost.Cause cause, String reason) {
    LOG.warn("Worker {} is lost: {}", worker, reason);
    status.workerLost(worker, reason);
    RunMetrics.workerLost();
    lostWorkers.put(worker, cause);
    present.remove(worker);
    log.interrupted();
    log.workersPresent(present.size());
  }

  @Override
  public void replicaLost(int shard, int replica, String reason) {
    LOG.warn("Replica {} of shard {} is lost: {}", replica, shard, reason);
    status.replicaLost(shard, replica, reason);
    RunMetrics.replicaLost();
    log.interrupted();
  }

  @Override
  public void replicaJoined(int shard, int replica) {
    LOG.info("Replica {} of shard {} joined", replica, shard);
    status.replicaJoined(shard, replica);
  }

  @Override
  public void snapshotWritten(long step, int shard) {
    LOG.info("Shard {} wrote its part of step {}", shard, step);
    log.alive();
    committer.snapshotWritten(step, shard);
  }

  @Override
  public void runFailed(String reason) {
    end.failed(reason);
  }

  @Override
  public void runFinished(long step) {
    end.finished(step);
  }
}
