package io.headwater.benchmarks.model;

import io.headwater.corpus.shard.Corpus;
import io.headwater.model.Batch;
import io.headwater.model.Execution;
import io.headwater.model.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;

/** Times of training steps, ours and PyTorch's in turn. See README.md. */
public final class StepTimes {
  private static final int WARM_UP = 3;
  private static final int STEPS_IN_A_ROW = 2;
  private static final int BATCHES = 24;

  private StepTimes() {}

  /** Arguments: corpus, family, threads, rounds, pytorch_twins.py. */
  public static void main(String[] arguments) throws Exception {
    int threads = Integer.parseInt(arguments[2]);
    int rounds = Integer.parseInt(arguments[3]);
    Execution exact = new Execution("cpu", threads);
    Path folder = Files.createTempDirectory("twin");
    try (Corpus corpus = Corpus.open(arguments[0])) {
      Subject subject = Subject.of(arguments[1], corpus, BATCHES, true);
      try (Training fp32 = new Training(subject, exact);
          Training bf16 = new Training(subject, exact.withPrecision(Precision.BF16));
          Twin twin = new Twin(subject, Path.of(arguments[4]), folder, threads)) {
        Map<String, IntFunction<double[]>> contestants = new LinkedHashMap<>();
        contestants.put(
            "PyTorch " + twin.version() + " fp32",
            first -> twin.run("fp32", first, STEPS_IN_A_ROW).milliseconds());
        contestants.put(
            "PyTorch bf16 autocast",
            first -> twin.run("bf16", first, STEPS_IN_A_ROW).milliseconds());
        contestants.put("Headwater fp32", first -> fp32.run(first, STEPS_IN_A_ROW).milliseconds());
        contestants.put("Headwater bf16", first -> bf16.run(first, STEPS_IN_A_ROW).milliseconds());
        print(subject, threads, times(contestants, rounds));
      }
    } finally {
      for (String name : List.of("config.json", "layout.json", "weights.bin", "batches.jsonl")) {
        Files.deleteIfExists(folder.resolve(name));
      }
      Files.delete(folder);
    }
  }

  private static Map<String, List<Double>> times(
      Map<String, IntFunction<double[]>> contestants, int rounds) {
    Map<String, List<Double>> times = new LinkedHashMap<>();
    contestants.keySet().forEach(name -> times.put(name, new ArrayList<>()));
    for (int round = -WARM_UP; round < rounds; round++) {
      int first = (round + WARM_UP) * STEPS_IN_A_ROW;
      for (String name : contestants.keySet()) {
        double[] taken = contestants.get(name).apply(first);
        if (round >= 0) {
          Arrays.stream(taken).forEach(times.get(name)::add);
        }
      }
    }
    return times;
  }

  private static void print(Subject subject, int threads, Map<String, List<Double>> times) {
    double tokens = subject.batches().stream().mapToInt(Batch::tokens).average().orElseThrow();
    double base = median(times.values().iterator().next());
    System.out.printf(
        Locale.ROOT,
        "%s, %d thread%s, %.0f tokens a batch%n",
        subject.name(),
        threads,
        threads == 1 ? "" : "s",
        tokens);
    times.forEach(
        (name, taken) ->
            System.out.printf(
                Locale.ROOT,
                "  %-24s %7.1f ms %8.0f tokens/s %5.2fx%n",
                name,
                median(taken),
                tokens / median(taken) * 1e3,
                base / median(taken)));
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
