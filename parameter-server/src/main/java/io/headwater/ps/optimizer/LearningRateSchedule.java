package io.headwater.ps.optimizer;

import io.headwater.checkpoint.UserException;

/**
 * Linear warm-up to a peak, then a cosine down to a minimum, where it stays.
 *
 * @param peak rate at the end of the warm-up
 * @param minimum rate from {@code decaySteps} on
 * @param warmupSteps steps of linear warm-up; 0 starts at the peak
 * @param decaySteps step at which the minimum is reached; 0 keeps the peak for ever
 */
public record LearningRateSchedule(float peak, float minimum, long warmupSteps, long decaySteps) {
  public LearningRateSchedule {
    if (!(peak > 0) || !Float.isFinite(peak)) {
      throw new UserException(
          "Cannot use learning rate " + peak + ": it must be a finite number above 0");
    }
    if (!(minimum >= 0) || minimum > peak) {
      throw new UserException(
          "Cannot use minimum learning rate " + minimum + ": it must lie in [0, " + peak + "]");
    }
    if (warmupSteps < 0) {
      throw new UserException("Cannot warm up for " + warmupSteps + " steps: must be >= 0");
    }
    if (decaySteps < 0 || (decaySteps > 0 && decaySteps < warmupSteps)) {
      throw new UserException(
          "Cannot decay the learning rate until step "
              + decaySteps
              + ": it must be 0 (never) or at least the warm-up, "
              + warmupSteps);
    }
  }

  public static LearningRateSchedule constant(float rate) {
    return new LearningRateSchedule(rate, rate, 0, 0);
  }

  /**
   * The rate of one update.
   *
   * @param step number of updates made before, so 0 for the first
   */
  public float at(long step) {
    if (step < warmupSteps) {
      return (float) ((double) peak * (step + 1) / (warmupSteps + 1));
    }
    if (decaySteps == 0) {
      return peak;
    }
    if (step >= decaySteps) {
      return minimum;
    }
    double progress = (double) (step - warmupSteps) / (decaySteps - warmupSteps);
    // StrictMath: the same bits on every machine and compiler tier.
    return (float) (minimum + 0.5 * (1 + StrictMath.cos(Math.PI * progress)) * (peak - minimum));
  }
}
