package io.headwater.model;

import java.util.List;

/**
 * What a gradient is of: the sum of one or more losses.
 *
 * @param parts mean losses in nats, in the order of {@link Objective#parts()}
 */
public record Losses(List<Double> parts) {
  public Losses {
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("Cannot sum losses up: there are none");
    }
  }

  /** Of a model that learns one thing. */
  public static Losses one(double loss) {
    return new Losses(List.of(loss));
  }

  /** The loss that is learnt from. */
  public double sum() {
    double sum = 0;
    for (double part : parts) {
      sum += part;
    }
    return sum;
  }
}
