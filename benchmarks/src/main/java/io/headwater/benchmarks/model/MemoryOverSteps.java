package io.headwater.benchmarks.model;

import io.headwater.corpus.shard.Corpus;
import io.headwater.model.Execution;
import io.headwater.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Resident memory of the process over many training steps. See README.md. */
public final class MemoryOverSteps {
  private static final int BATCHES = 64;
  private static final int SETTLED = 100;
  private static final int INTERVAL = 10;
  private static final double MIB = 1 << 20;

  private MemoryOverSteps() {}

  /** Arguments: corpus, family, precision, keep or recompute, steps. */
  public static void main(String[] arguments) throws Exception {
    Execution execution =
        new Execution("cpu", 1, Precision.named(arguments[2]), arguments[3].equals("recompute"));
    int steps = Integer.parseInt(arguments[4]);
    try (Corpus corpus = Corpus.open(arguments[0]);
        Training training =
            new Training(Subject.of(arguments[1], corpus, BATCHES, true), execution)) {
      training.run(0, SETTLED);
      double first = residentBytes();
      Line line = new Line();
      for (int step = SETTLED; step < steps; step += INTERVAL) {
        training.run(step, INTERVAL);
        line.add(step, residentBytes() - first);
      }
      System.out.printf(
          Locale.ROOT,
          "%s %s %s: %.0f MiB after %d steps, %+.2f MiB per 1,000 steps from there on%n",
          arguments[1],
          arguments[2],
          arguments[3],
          first / MIB,
          SETTLED,
          line.slope() * 1000 / MIB);
    }
  }

  private static double residentBytes() throws IOException {
    String pages = Files.readString(Path.of("/proc/self/statm")).split(" ")[1];
    return Long.parseLong(pages) * 4096.0;
  }

  /** Least squares. */
  private static final class Line {
    private double count;
    private double sumX;
    private double sumY;
    private double sumXx;
    private double sumXy;

    void add(double x, double y) {
      count++;
      sumX += x;
      sumY += y;
      sumXx += x * x;
      sumXy += x * y;
    }

    double slope() {
      return (count * sumXy - sumX * sumY) / (count * sumXx - sumX * sumX);
    }
  }
}
