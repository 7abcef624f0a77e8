package io.headwater.benchmarks.ps;

import java.util.Arrays;
import java.util.Locale;

/** Durations of repeated rounds, the first ones not counted. */
final class Rounds {
  private final double[] milliseconds;
  private final int warmUp;
  private int count;

  Rounds(int rounds, int warmUp) {
    this.milliseconds = new double[rounds];
    this.warmUp = warmUp;
  }

  void add(long nanos) {
    if (count >= warmUp && count - warmUp < milliseconds.length) {
      milliseconds[count - warmUp] = nanos * 1e-6;
    }
    count++;
  }

  /** Milliseconds of the middle round. */
  double median() {
    double[] sorted = milliseconds.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** One line: {@code name median best milliseconds}. */
  String summary(String name) {
    double[] sorted = milliseconds.clone();
    Arrays.sort(sorted);
    return String.format(Locale.ROOT, "%s %.2f %.2f", name, median(), sorted[0]);
  }
}
