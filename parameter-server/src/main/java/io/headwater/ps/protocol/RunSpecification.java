package io.headwater.ps.protocol;

import io.headwater.checkpoint.UserException;
import io.headwater.ps.codec.Codecs;
import io.headwater.ps.optimizer.LearningRateSchedule;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.optimizer.UpdateGuard;
import java.time.Duration;
import java.util.Objects;

/**
 * What the shards are told to run.
 *
 * @param runId name of this attempt; a server refuses a name that it has run before
 * @param workers number of workers, with ids 0 to {@code workers - 1}
 * @param training what a step is, and how many there are
 * @param checkpoints where the weights come from and go to
 * @param timeouts how long to wait for whom
 */
public record RunSpecification(
    String runId, int workers, Training training, Checkpoints checkpoints, Timeouts timeouts) {
  /**
   * @param steps the run ends when the weights have had this many updates, those before a resume
   *     included
   * @param microBatches gradients summed per update, whatever the number of workers
   * @param localSteps steps that each micro-batch's gradient stands for: 1, or, with {@code
   *     local-sgd}, those that a worker makes on its own between two updates. Steps are counted in
   *     these everywhere.
   * @param staleness how many batches ahead of the oldest that is not in the weights yet a worker
   *     may begin: 0 = none ({@code bsp}): all workers share each batch, and every step waits for
   *     the one before. Above that, each worker computes whole batches on its own, from the newest
   *     weights when it begins, and each is an update when it is done ({@code ssp}); {@link #ANY} =
   *     no bound ({@code asp})
   * @param guard how many times the recent average a gradient's norm may be before the update is
   *     refused, above 1; 0 = no bound, and one that is not finite fails the run
   * @param optimizer of the updates
   * @param learningRate of the updates
   * @param codecs of what travels
   */
  public record Training(
      long steps,
      int microBatches,
      int localSteps,
      int staleness,
      float guard,
      OptimizerConfig optimizer,
      LearningRateSchedule learningRate,
      Codecs codecs) {
    public static final int MAX_MICRO_BATCHES = 65_536;

    /** A {@link #staleness} without bound. */
    public static final int ANY = Integer.MAX_VALUE;

    /** Every step is an update. */
    public Training(
        long steps,
        int microBatches,
        OptimizerConfig optimizer,
        LearningRateSchedule learningRate) {
      this(steps, microBatches, 1, 0, 0, optimizer, learningRate, Codecs.NONE);
    }

    /** The same, but workers do not keep step. */
    public Training withStaleness(int bound) {
      return new Training(
          steps, microBatches, localSteps, bound, guard, optimizer, learningRate, codecs);
    }

    /** The same, but updates out of all proportion are refused. */
    public Training withGuard(float factor) {
      return new Training(
          steps, microBatches, localSteps, staleness, factor, optimizer, learningRate, codecs);
    }

    /** The same, but what travels is encoded otherwise. */
    public Training withCodecs(Codecs others) {
      return new Training(
          steps, microBatches, localSteps, staleness, guard, optimizer, learningRate, others);
    }

    /** Whether each worker computes batches on its own. */
    public boolean isAsynchronous() {
      return staleness > 0;
    }

    public Training {
      Objects.requireNonNull(optimizer, "optimizer");
      Objects.requireNonNull(learningRate, "learningRate");
      Objects.requireNonNull(codecs, "codecs");
      if (steps < 0) {
        throw new UserException("Cannot train for " + steps + " steps: must be >= 0");
      }
      if (localSteps < 1 || steps % localSteps != 0) {
        throw new UserException(
            "Cannot update every "
                + localSteps
                + " steps: must be >= 1 and divide the number of steps, "
                + steps);
      }
      if (staleness < 0 || (staleness > 0 && localSteps > 1)) {
        throw new UserException(
            "Cannot run "
                + staleness
                + " batches ahead: must be >= 0, and 0 if workers make steps of their own");
      }
      UpdateGuard.check(guard);
      if (microBatches < 1 || microBatches > MAX_MICRO_BATCHES) {
        throw new UserException(
            "Cannot split a batch into "
                + microBatches
                + " micro-batches: must be in [1, "
                + MAX_MICRO_BATCHES
                + "]");
      }
    }
  }

  /**
   * @param from checkpoint directory to start from: weights, step, and optimizer state if it has
   *     any
   * @param output directory under which the shards write their parts
   * @param everySteps snapshot whenever the step is a multiple of it; 0 = only the last step. The
   *     last step, and the one after which a stop was asked for, are always written.
   */
  public record Checkpoints(String from, String output, long everySteps) {
    public Checkpoints {
      Objects.requireNonNull(from, "from");
      Objects.requireNonNull(output, "output");
      if (everySteps < 0) {
        throw new UserException(
            "Cannot write a checkpoint every " + everySteps + " steps: must be >= 0");
      }
    }
  }

  /**
   * @param start for all shards to load and all workers to join
   * @param lease silence after which a worker, a shard or the driver counts as lost
   * @param step for one step, from its plan to the last chunk
   * @param snapshot for all shards to write one snapshot
   */
  public record Timeouts(Duration start, Duration lease, Duration step, Duration snapshot) {
    public static final Timeouts DEFAULT =
        new Timeouts(
            Duration.ofMinutes(2),
            Duration.ofSeconds(15),
            Duration.ofMinutes(15),
            Duration.ofMinutes(30));

    public Timeouts {
      check("start", start);
      check("lease", lease);
      check("step", step);
      check("snapshot", snapshot);
    }

    private static void check(String name, Duration value) {
      Objects.requireNonNull(value, name);
      if (value.isNegative() || value.isZero()) {
        throw new UserException("Cannot use " + name + " timeout " + value + ": must be above 0");
      }
    }
  }

  public RunSpecification {
    Objects.requireNonNull(training, "training");
    Objects.requireNonNull(checkpoints, "checkpoints");
    Objects.requireNonNull(timeouts, "timeouts");
    if (runId == null || runId.isBlank()) {
      throw new UserException("Cannot open a run: its id is empty");
    }
    if (workers < 1 || (workers > training.microBatches() && !training.isAsynchronous())) {
      throw new UserException(
          "Cannot share "
              + training.microBatches()
              + " micro-batches among "
              + workers
              + " workers: the number of workers must be in [1, micro-batches]");
    }
  }
}
