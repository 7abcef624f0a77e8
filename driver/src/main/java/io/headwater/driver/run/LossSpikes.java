package io.headwater.driver.run;

/**
 * Finds steps whose loss stands out: more than {@value #DEVIATIONS} standard deviations above the
 * mean, both exponential moving averages in which the newest step counts 1/{@value #WINDOW}, their
 * plain counterparts before so many are known. A step that stands out enters them like any other,
 * so that a loss which stays high soon does not count any more. Not thread-safe.
 */
public final class LossSpikes {
  static final int WARM_UP = 20; // steps before one may stand out
  private static final int WINDOW = 100;
  private static final double DEVIATIONS = 5;

  private double mean;
  private double variance;
  private long steps;

  /** Takes the loss of the next step in; returns whether it stands out. */
  public boolean isSpike(double loss) {
    if (!Double.isFinite(loss)) {
      return false; // counted as such elsewhere
    }
    double above = loss - mean;
    boolean spike = steps >= WARM_UP && above > DEVIATIONS * Math.sqrt(variance);
    double share = 1.0 / Math.min(++steps, WINDOW);
    mean += share * above;
    variance = (1 - share) * (variance + share * above * above);
    return spike;
  }
}
