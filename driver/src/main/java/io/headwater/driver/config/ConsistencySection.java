package io.headwater.driver.config;

import io.headwater.ps.optimizer.LearningRateSchedule;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.protocol.RunSpecification;

/**
 * How workers and the parameter server keep step.
 *
 * @param mode {@code bsp}, {@code ssp}, {@code asp} or {@code local-sgd}
 */
public record ConsistencySection(
    @Setting(
            value =
                "`bsp`: every step is an update that waits for all workers; `local-sgd`: each"
                    + " micro-batch is trained on its own for some steps, then the parameter server"
                    + " takes an outer step (DiLoCo); `asp`: each worker computes whole batches on"
                    + " its own, each an update when it is done; `ssp`: the same, but nobody runs"
                    + " far ahead",
            defaultValue = "bsp")
        String mode,
    @Setting(
            value = "ssp: batches that may be begun after the oldest that is not in the weights",
            defaultValue = "4")
        int staleness,
    @Setting(value = "local-sgd: steps between two updates", defaultValue = "50") int localSteps,
    @Setting(value = "local-sgd: learning rate of the outer step", defaultValue = "0.7")
        double outerLearningRate,
    @Setting(value = "local-sgd: Nesterov momentum of the outer step", defaultValue = "0.9")
        double outerMomentum) {
  private static final String LOCAL = "local-sgd";

  public ConsistencySection {
    Check.that(
        "consistency.mode",
        mode,
        mode.matches("bsp|ssp|asp|" + LOCAL),
        "bsp, ssp, asp or " + LOCAL);
    Check.that("consistency.staleness", staleness, staleness >= 1, ">= 1");
    Check.that("consistency.local-steps", localSteps, localSteps >= 1, ">= 1");
    outerOptimizer(outerMomentum);
    outerSchedule(outerLearningRate);
  }

  /** Whether workers train on their own between two updates. */
  public boolean isLocal() {
    return mode.equals(LOCAL);
  }

  /** How many batches workers may be ahead of the oldest that is not in the weights. */
  public int staleness() {
    return switch (mode) {
      case "ssp" -> staleness;
      case "asp" -> RunSpecification.Training.ANY;
      default -> 0;
    };
  }

  /** Steps between two updates at the parameter server. */
  public int stepsPerUpdate() {
    return isLocal() ? localSteps : 1;
  }

  /** How the parameter server changes weights, if workers train on their own. */
  public OptimizerConfig outerOptimizer() {
    return outerOptimizer(outerMomentum);
  }

  public LearningRateSchedule outerSchedule() {
    return outerSchedule(outerLearningRate);
  }

  private static OptimizerConfig outerOptimizer(double momentum) {
    return OptimizerConfig.nesterov((float) momentum);
  }

  private static LearningRateSchedule outerSchedule(double rate) {
    return LearningRateSchedule.constant((float) rate);
  }
}
