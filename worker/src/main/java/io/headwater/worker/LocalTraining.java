package io.headwater.worker;

import io.headwater.ps.optimizer.LearningRateSchedule;
import io.headwater.ps.optimizer.OptimizerConfig;
import java.io.Serializable;
import java.util.Objects;

/**
 * How a worker trains between two updates, in {@code local-sgd}.
 *
 * @param steps that it makes on its own
 * @param optimizer of these
 * @param learningRate of these, by the step of the whole run
 */
public record LocalTraining(int steps, OptimizerConfig optimizer, LearningRateSchedule learningRate)
    implements Serializable {
  public LocalTraining {
    Objects.requireNonNull(optimizer, "optimizer");
    Objects.requireNonNull(learningRate, "learningRate");
    if (steps < 1) {
      throw new IllegalArgumentException("Cannot train for " + steps + " local steps");
    }
  }
}
