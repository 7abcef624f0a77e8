package io.headwater.ps.optimizer;

import io.headwater.checkpoint.UserException;
import java.io.Serializable;
import java.util.Objects;

/**
 * Linear warm-up to a peak, then a way down to a minimum, where it stays.
 *
 * @param peak rate at the end of the warm-up
 * @param minimum rate from {@code decaySteps} on
 * @param warmupSteps steps of linear warm-up; 0 starts at the peak
 * @param decaySteps step at which the minimum is reached; 0 keeps the peak for ever. Not looked at
 *     by {@link Shape#INVERSE_ROOT}
 * @param shape of the way down
 */
public record LearningRateSchedule(
    float peak, float minimum, long warmupSteps, long decaySteps, Shape shape)
    implements Serializable {
  /** How the rate falls. Their order is that of their numbers on the wire. */
  public enum Shape {
    /** Half a cosine. */
    COSINE,
    /** A straight line. */
    LINEAR,
    /** Warm-up, stable, decay: the peak, then a straight line in the last fifth. */
    STABLE,
    /** As one over the root of the step, never below the minimum (Vaswani et al., 2017). */
    INVERSE_ROOT
  }

  private static final double LAST_PART = 0.2;

  /** With a cosine. */
  public LearningRateSchedule(float peak, float minimum, long warmupSteps, long decaySteps) {
    this(peak, minimum, warmupSteps, decaySteps, Shape.COSINE);
  }

  public LearningRateSchedule {
    Objects.requireNonNull(shape, "shape");
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
    if (shape == Shape.INVERSE_ROOT) {
      double root = Math.sqrt((double) (warmupSteps + 1) / (step + 1));
      return (float) Math.max(minimum, peak * root);
    }
    if (decaySteps == 0) {
      return peak;
    }
    if (step >= decaySteps) {
      return minimum;
    }
    double progress = (double) (step - warmupSteps) / (decaySteps - warmupSteps);
    return (float) (minimum + height(progress) * (peak - minimum));
  }

  /** How much of the peak above the minimum is left. */
  private double height(double progress) {
    return switch (shape) {
      // StrictMath: the same bits on every machine and compiler tier.
      case COSINE -> 0.5 * (1 + StrictMath.cos(Math.PI * progress));
      case LINEAR, INVERSE_ROOT -> 1 - progress;
      case STABLE -> Math.min(1, (1 - progress) / LAST_PART);
    };
  }
}
