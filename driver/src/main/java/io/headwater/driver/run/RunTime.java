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
    /** In that, until all shards have loaded what the run starts from. */
    RESTORE,
    /** Steps that bring the run forward. */
    PRODUCTIVE,
    /** The part of these in which the worker that all others waited for had no examples yet. */
    DATA_WAIT,
    /** Steps that an earlier process had made before it was lost. */
    REWORK,
    /**
     * Steps in which a worker or a shard's replica was lost: the wait for its lease, the repeated
     * micro-batches.
     */
    RESTART,
    /** In that, the time without any worker. */
    IDLE,
    /**
     * By how much the step during which a snapshot is taken is longer than the average of others;
     * after the last step, until its checkpoint is committed.
     */
    CHECKPOINT
  }

  private static final double SHARE = 0.1; // of the newest step in the average

  private final long stepReachedBefore;
  private final ObjDoubleConsumer<Use> spent; // seconds
  private long lastNanos;
  private boolean stepMade;
  private boolean interrupted;
  private boolean deserted; // no worker is there
  private boolean snapshotTaken; // in the step under way
  private double usualSeconds = Double.NaN; // of productive steps without a snapshot

  /**
   * @param stepReachedBefore last step that an earlier process of the run is known to have made
   * @param spent told of each stretch of time in seconds
   */
  public RunTime(long nowNanos, long stepReachedBefore, ObjDoubleConsumer<Use> spent) {
    this.lastNanos = nowNanos;
    this.stepReachedBefore = stepReachedBefore;
    this.spent = spent;
  }

  /** All shards have loaded what the run starts from, which took from {@code beginNanos} on. */
  public void restored(long beginNanos, long nowNanos) {
    spend(Use.STARTUP, beginNanos);
    spend(Use.RESTORE, nowNanos);
  }

  /**
   * A step has ended.
   *
   * @param snapshot whether shards keep its weights for a checkpoint, which the next step may have
   *     to wait for
   * @param dataSeconds for how long it was held up for want of examples
   */
  public void stepCompleted(long step, boolean snapshot, double dataSeconds, long nowNanos) {
    Use use = useOf(step);
    if (use == Use.PRODUCTIVE) {
      if (dataSeconds > 0) {
        spend(Use.DATA_WAIT, Math.min(nowNanos, lastNanos + Math.round(dataSeconds * 1e9)));
      }
      productive(nowNanos);
    } else {
      spend(use, nowNanos);
    }
    stepMade = true;
    interrupted = false;
    snapshotTaken = snapshot;
  }

  private void productive(long nowNanos) {
    double seconds = (nowNanos - lastNanos) * 1e-9;
    if (!snapshotTaken) {
      usualSeconds =
          Double.isNaN(usualSeconds) ? seconds : usualSeconds + SHARE * (seconds - usualSeconds);
    } else if (seconds > usualSeconds) {
      spend(Use.PRODUCTIVE, lastNanos + Math.round(usualSeconds * 1e9));
      spend(Use.CHECKPOINT, nowNanos);
      return;
    }
    spend(Use.PRODUCTIVE, nowNanos);
  }

  /** A worker or a replica of a shard is lost; the run goes on with the others. */
  public void interrupted() {
    interrupted = true;
  }

  /** Workers have come or gone: so many are there. */
  public void workersPresent(int workers, long nowNanos) {
    if (!stepMade || deserted == (workers == 0)) {
      return;
    }
    spend(deserted ? Use.IDLE : Use.RESTART, nowNanos);
    deserted = !deserted;
  }

  public void ended(long nowNanos) {
    spend(Use.CHECKPOINT, nowNanos);
  }

  private Use useOf(long step) {
    if (!stepMade) {
      return Use.STARTUP;
    }
    if (interrupted) {
      return Use.RESTART;
    }
    return step <= stepReachedBefore ? Use.REWORK : Use.PRODUCTIVE;
  }

  private void spend(Use use, long nowNanos) {
    spent.accept(use, (nowNanos - lastNanos) * 1e-9);
    lastNanos = nowNanos;
  }
}
