package io.headwater.model;

import io.headwater.checkpoint.UserException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The number format in which matrix products read their operands. Weights, gradients, the residual
 * stream, norms, softmaxes' sums and losses are float32 in each.
 */
public enum Precision {
  FP32,
  /** bfloat16, on hardware that has instructions for it. */
  BF16,
  /** As {@link #BF16}, also where it is slower than float32 for want of such instructions. */
  BF16_ANYWHERE;

  /** The precision of a name such as {@code bf16}. */
  public static Precision named(String name) {
    return Arrays.stream(values())
        .filter(precision -> precision.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    "Cannot compute with precision "
                        + name
                        + ": it must be one of "
                        + List.of(values())));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
