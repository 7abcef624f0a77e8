package io.headwater.model;

/**
 * A mean over some of a batch's predictions, kept as sum and count so that batches add up.
 *
 * @param name for example {@code loss}
 * @param sum over the predictions
 * @param count of the predictions
 */
public record Measure(String name, double sum, long count) {
  public double mean() {
    return sum / count;
  }

  /** The same measure over this one's predictions and another's. */
  public Measure plus(Measure other) {
    if (!name.equals(other.name)) {
      throw new IllegalArgumentException("Cannot add " + other.name + " to " + name);
    }
    return new Measure(name, sum + other.sum, count + other.count);
  }
}
