package io.headwater.deploy.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs the same run again and again in a system whose processes are killed and stopped at random,
 * without anybody's help, and looks at what is held when each has ended.
 */
final class Soak {
  private static final Duration LIMIT = Duration.ofMinutes(15); // of one run
  private static final int MAX_ATTEMPTS = 20; // of a run whose driver is killed
  private static final ObjectMapper JSON = new ObjectMapper();

  private final LocalSystem system;
  private final Path folder;
  private final List<String> pretrain;
  private final RandomFaults faults;
  private final Instant start = Instant.now();
  private final Map<String, Double> seconds = new LinkedHashMap<>(); // of runs, by use
  private final Map<String, InProcess> longest = new LinkedHashMap<>(); // by kind of process
  private final List<Quiet> quiet = new ArrayList<>();
  private int attempts;

  /** What all of the system holds while nothing runs. */
  record Quiet(ProcessFigures figures, List<String> leftInSharedMemory) {}

  /** A process of a run at two moments of its life: early, and at its end. */
  record InProcess(ProcessFigures early, ProcessFigures late, double seconds) {}

  /**
   * @param pretrain arguments of the run, without --output
   */
  Soak(LocalSystem system, Path folder, List<String> pretrain, long seed, boolean killsDrivers) {
    this.system = system;
    this.folder = folder;
    this.pretrain = pretrain;
    this.faults = new RandomFaults(seed, killsDrivers);
  }

  /** Begins runs until the time is over, at least three; the first is left in peace. */
  SoakReport run(Duration time) throws Exception {
    byte[] expected = null;
    int runs = 0;
    while (runs < 3 || Duration.between(start, Instant.now()).compareTo(time) < 0) {
      Path output = folder.resolve("soak-" + runs);
      train(output, runs > 0);
      byte[] model = Files.readAllBytes(model(output));
      assertThat(expected == null || Arrays.equals(expected, model))
          .as("run %d has the bytes of the one that lost nothing; seed %d", runs, faults.seed())
          .isTrue();
      expected = model;
      delete(output);
      system.awaitShards();
      quiet.add(new Quiet(system.figures(), LeftInSharedMemory.since(start)));
      runs++;
    }
    return new SoakReport(
        faults.seed(),
        Duration.between(start, Instant.now()).toSeconds(),
        runs,
        attempts,
        faults.counts(),
        seconds,
        quiet,
        longest);
  }

  private void train(Path output, boolean disturbed) throws Exception {
    List<String> arguments = new ArrayList<>(pretrain);
    arguments.addAll(List.of("--output", output.toString(), "--resume"));
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      attempts++;
      Process driver = system.submit(arguments);
      RunSamples samples = new RunSamples(system, driver);
      boolean killed = follow(driver, output, disturbed, samples);
      addTimes(output);
      samples.kept().forEach((kind, held) -> longest.merge(kind, held, Soak::longer));
      if (!killed) {
        assertThat(driver.exitValue())
            .as("run ends well, seed %d; see %s", faults.seed(), folder)
            .isZero();
        return;
      }
      system.awaitShards();
    }
    throw new AssertionError("a run whose driver was killed never ended; seed " + faults.seed());
  }

  /** Until the driver ends; whether it was killed. */
  private boolean follow(Process driver, Path output, boolean disturbed, RunSamples samples)
      throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!driver.waitFor(1, TimeUnit.SECONDS)) {
      assertThat(System.nanoTime()).as("a run within %s, see %s", LIMIT, folder).isLessThan(end);
      samples.take();
      boolean due = disturbed && status(output).filter(faults::isDue).isPresent();
      if (due && faults.strike(system, driver)) {
        driver.waitFor();
        return true;
      }
    }
    return false;
  }

  private void addTimes(Path output) throws IOException {
    status(output)
        .map(status -> status.path("time_seconds"))
        .ifPresent(
            times ->
                times
                    .fields()
                    .forEachRemaining(
                        use ->
                            seconds.merge(use.getKey(), use.getValue().asDouble(), Double::sum)));
  }

  private static Optional<JsonNode> status(Path output) throws IOException {
    Path file = output.resolve("status.json");
    return Files.exists(file) ? Optional.of(JSON.readTree(file.toFile())) : Optional.empty();
  }

  private static InProcess longer(InProcess one, InProcess other) {
    return one.seconds() >= other.seconds() ? one : other;
  }

  private static Path model(Path output) throws IOException {
    try (Stream<Path> steps = Files.list(output)) {
      return steps
          .filter(step -> step.getFileName().toString().startsWith("step-"))
          .max(Comparator.naturalOrder())
          .orElseThrow()
          .resolve("model.safetensors");
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
