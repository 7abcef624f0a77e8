package io.headwater.benchmarks.model;

import io.headwater.corpus.shard.Corpus;
import io.headwater.model.Execution;
import io.headwater.model.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Losses of the same steps, without dropout: ours beside PyTorch's, and bf16 beside fp32. See
 * README.md.
 */
public final class LossParity {
  private LossParity() {}

  /** Arguments: corpus, family, steps, pytorch_twins.py. */
  public static void main(String[] arguments) throws Exception {
    int steps = Integer.parseInt(arguments[2]);
    Path folder = Files.createTempDirectory("twin");
    try (Corpus corpus = Corpus.open(arguments[0])) {
      Subject subject = Subject.of(arguments[1], corpus, steps, false);
      try (Training fp32 = new Training(subject, Execution.CPU);
          Training bf16 =
              new Training(subject, Execution.CPU.withPrecision(Precision.BF16_ANYWHERE));
          Twin twin = new Twin(subject, Path.of(arguments[3]), folder, 1)) {
        double[] theirs = twin.run("fp32", 0, steps).losses();
        double[] ours = fp32.run(0, steps).losses();
        double[] rounded = bf16.run(0, steps).losses();
        System.out.println(subject.name() + "  step  PyTorch     fp32     bf16");
        for (int i = 0; i < steps; i += Math.max(1, steps / 10)) {
          print(i, theirs[i], ours[i], rounded[i]);
        }
        print(steps - 1, theirs[steps - 1], ours[steps - 1], rounded[steps - 1]);
        double exact = fp32.validationLoss(subject.validation());
        double other = bf16.validationLoss(subject.validation());
        System.out.printf(
            Locale.ROOT,
            "  largest difference of fp32 to PyTorch %.3f %%%n"
                + "  validation loss fp32 %.4f, bf16 %.4f: %+.3f %%%n",
            100 * largest(theirs, ours),
            exact,
            other,
            100 * (other / exact - 1));
      }
    } finally {
      for (String name : List.of("config.json", "layout.json", "weights.bin", "batches.jsonl")) {
        Files.deleteIfExists(folder.resolve(name));
      }
      Files.delete(folder);
    }
  }

  private static void print(int step, double theirs, double ours, double rounded) {
    System.out.printf(Locale.ROOT, "  %6d %8.4f %8.4f %8.4f%n", step, theirs, ours, rounded);
  }

  /** Of the step whose losses differ most, as a part of the loss. */
  private static double largest(double[] expected, double[] actual) {
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(actual[i] / expected[i] - 1));
    }
    return largest;
  }
}
