package io.headwater.ps.protocol;

import io.headwater.checkpoint.UserException;
import io.headwater.ps.optimizer.LearningRateSchedule;
import io.headwater.ps.optimizer.OptimizerConfig;
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
   * @param optimizer of the updates
   * @param learningRate of the updates
   */
  public record Training(
      long steps,
      int microBatches,
      int localSteps,
      OptimizerConfig optimizer,
      LearningRateSchedule learningRate) {
    public static final int MAX_MICRO_BATCHES = 65_536;

    /** Every step is an update. */
    public Training(
        long steps,
        int microBatches,
        OptimizerConfig optimizer,
        LearningRateSchedule learningRate) {
      this(steps, microBatches, 1, optimizer, learningRate);
    }

    public Training {
      Objects.requireNonNull(optimizer, "optimizer");
      Objects.requireNonNull(learningRate, "learningRate");
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
    if (workers < 1 || workers > training.microBatches()) {
      throw new UserException(
          "Cannot share "
              + training.microBatches()
              + " micro-batches among "
              + workers
              + " workers: the number of workers must be in [1, micro-batches]");
    }
  }
}
