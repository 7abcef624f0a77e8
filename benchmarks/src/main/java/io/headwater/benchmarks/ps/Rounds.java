package io.headwater.benchmarks.ps;

import java.util.Arrays;
import java.util.Locale;

/** Durations of repeated rounds and what they cost this process, the first ones not counted. */
final class Rounds {
  private static final int LEAST_WARM_UP = 60; // until the compiler is done

  private final double[] milliseconds;
  private final int warmUp;
  private int count;
  private ProcessCost cost;

  Rounds(int rounds) {
    this(rounds, warmUp(rounds));
  }

  Rounds(int rounds, int warmUp) {
    this.milliseconds = new double[rounds];
    this.warmUp = warmUp;
  }

  /**
   * Rounds before the ones that count: more of those that are over soon, unless the property {@code
   * headwater.rounds.warm-up} says how many.
   */
  static int warmUp(int rounds) {
    return Integer.getInteger("headwater.rounds.warm-up", Math.max(LEAST_WARM_UP, rounds / 5));
  }

  void add(long nanos) {
    int round = count++ - warmUp;
    if (round == -1) {
      cost = ProcessCost.sinceNow();
    } else if (round >= 0 && round < milliseconds.length) {
      milliseconds[round] = nanos * 1e-6;
      if (round == milliseconds.length - 1) {
        cost.stop(milliseconds.length);
      }
    }
  }

  /** Milliseconds of the middle round. */
  double median() {
    double[] sorted = milliseconds.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** Says {@code round median best p99}, in milliseconds. */
  void printTimes() {
    double[] sorted = milliseconds.clone();
    Arrays.sort(sorted);
    String line = // written at once: other processes write to the same place
        String.format(
            Locale.ROOT,
            "round %.3f %.3f %.3f%n",
            sorted[sorted.length / 2],
            sorted[0],
            sorted[(int) Math.min(sorted.length - 1, Math.ceil(0.99 * sorted.length))]);
    System.out.print(line);
  }

  void printCost() {
    cost.print();
  }
}
