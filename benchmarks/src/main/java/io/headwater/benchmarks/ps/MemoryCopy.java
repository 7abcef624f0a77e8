package io.headwater.benchmarks.ps;

import java.util.Arrays;
import java.util.Locale;

/** Copies a vector on one thread: the yardstick of all rounds. Argument: elements. */
public final class MemoryCopy {
  private static final int REPETITIONS = 60;

  private MemoryCopy() {}

  public static void main(String[] arguments) {
    float[] from = new float[Integer.parseInt(arguments[0])];
    float[] to = new float[from.length];
    Arrays.fill(from, 1f);
    double[] seconds = new double[REPETITIONS];
    for (int i = 0; i < 2 * REPETITIONS; i++) {
      long start = System.nanoTime();
      System.arraycopy(from, 0, to, 0, from.length);
      seconds[i % REPETITIONS] = (System.nanoTime() - start) * 1e-9;
    }
    Arrays.sort(seconds);
    System.out.printf(
        Locale.ROOT, "memcpy %.2f%n", Float.BYTES * 1e-9 * from.length / seconds[REPETITIONS / 2]);
  }
}
