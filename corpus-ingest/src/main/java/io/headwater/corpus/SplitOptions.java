package io.headwater.corpus;

import io.headwater.checkpoint.UserException;
import java.util.Objects;

/**
 * How much of the corpus is kept for validation, and which part.
 *
 * @param validationFraction in [0, 1): of the documents ({@link SplitMethod#HASH}) or of the
 *     characters ({@link SplitMethod#TAIL})
 */
public record SplitOptions(SplitMethod method, double validationFraction) {
  public SplitOptions {
    Objects.requireNonNull(method, "method");
    if (!(validationFraction >= 0 && validationFraction < 1)) {
      throw new UserException(
          "Cannot split the corpus: validation fraction "
              + validationFraction
              + " is outside [0, 1)");
    }
  }

  /** A twentieth of the documents, by hash. */
  public static SplitOptions byHash() {
    return new SplitOptions(SplitMethod.HASH, 0.05);
  }

  /** The last tenth of one text. */
  public static SplitOptions tail() {
    return new SplitOptions(SplitMethod.TAIL, 0.1);
  }
}
