package io.headwater.driver.run;

import java.util.function.ObjDoubleConsumer;

/**
 * Where the wall-clock time of a run goes; goodput is the productive part of all of it.
 *
 * <p>Time is told apart when a step ends: all of it since the step before went into that step. Not
 * thread-safe.
 */
public final class RunTime {
  /** What a stretch of time was spent on. */
  public enum Use {
    /** Until the first step: checks, shards, Spark, workers. */
    STARTUP,
    /** Steps that bring the run forward. */
    PRODUCTIVE,
    /** Steps that an earlier process had made before it was lost. */
    REWORK,
    /** Steps in which a worker was lost: the wait for its lease, the repeated micro-batches. */
    RESTART,
    /** After the last step, until its checkpoint is committed. */
    CHECKPOINT
  }

  private final long stepReachedBefore;
  private final ObjDoubleConsumer<Use> spent; // seconds
  private long lastNanos;
  private boolean stepMade;
  private boolean workerLost;

  /**
   * @param stepReachedBefore last step that an earlier process of the run is known to have made
   * @param spent told of each stretch of time in seconds
   */
  public RunTime(long nowNanos, long stepReachedBefore, ObjDoubleConsumer<Use> spent) {
    this.lastNanos = nowNanos;
    this.stepReachedBefore = stepReachedBefore;
    this.spent = spent;
  }

  public void stepCompleted(long step, long nowNanos) {
    spend(useOf(step), nowNanos);
    stepMade = true;
    workerLost = false;
  }

  public void workerLost() {
    workerLost = true;
  }

  public void ended(long nowNanos) {
    spend(Use.CHECKPOINT, nowNanos);
  }

  private Use useOf(long step) {
    if (!stepMade) {
      return Use.STARTUP;
    }
    if (workerLost) {
      return Use.RESTART;
    }
    return step <= stepReachedBefore ? Use.REWORK : Use.PRODUCTIVE;
  }

  private void spend(Use use, long nowNanos) {
    spent.accept(use, (nowNanos - lastNanos) * 1e-9);
    lastNanos = nowNanos;
  }
}
