package io.headwater.worker;

import io.headwater.checkpoint.UserException;
import java.io.Serializable;

/**
 * When the loss on the validation split is measured during training.
 *
 * @param everySteps 0 = never; a multiple of the steps between two updates of the weights
 * @param sequences of the split that are measured, spread over it; 0 = all
 */
public record ValidationPlan(long everySteps, int sequences) implements Serializable {
  public static final ValidationPlan NEVER = new ValidationPlan(0, 0);

  public ValidationPlan {
    if (everySteps < 0 || sequences < 0) {
      throw new UserException(
          "Cannot evaluate every "
              + everySteps
              + " steps on "
              + sequences
              + " sequences: neither may be negative");
    }
  }

  boolean isDue(long step) {
    return everySteps > 0 && step > 0 && step % everySteps == 0;
  }

  /** Those of so many that are measured. */
  long sequences(long all) {
    return sequences == 0 ? all : Math.min(all, sequences);
  }
}
