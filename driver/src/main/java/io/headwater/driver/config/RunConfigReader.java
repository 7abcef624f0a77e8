package io.headwater.driver.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.ModelFamily;
import io.headwater.model.TrainingDefaults;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Puts a run's configuration together: defaults of the preset, then the YAML file, then {@code
 * --set}, then the options of the command line.
 */
public final class RunConfigReader {
  private static final String DERIVED = "the default";

  private final Settings settings;

  private RunConfigReader(Set<String> known) {
    settings = new Settings(known);
  }

  /** Of one stage or another: only some keys are read, but all are checked. */
  private static RunConfigReader ofAnyRun() {
    Set<String> known = new LinkedHashSet<>(SettingKey.all(RunConfig.class).keySet());
    known.addAll(SettingKey.all(EmbeddingConfig.class).keySet());
    return new RunConfigReader(known);
  }

  /**
   * Reads the whole configuration of a run.
   *
   * @param file the YAML file, if there is one
   * @param assignments {@code key=value}, as {@code --set} takes them
   * @param options values by key that the command line's own options give
   * @throws io.headwater.checkpoint.UserException for an unknown key or a value that is wrong
   */
  public static RunConfig read(
      Optional<Path> file, List<String> assignments, Map<String, String> options) {
    RunConfigReader reader = new RunConfigReader(SettingKey.all(RunConfig.class).keySet());
    reader.load(file, assignments, options);
    reader.derive();
    return new RecordBinder(reader.settings).bind("", RunConfig.class);
  }

  /** Reads what a parameter-server process needs of a run's file; all its keys are checked. */
  public static ParameterServerSection readParameterServer(Path file, List<String> assignments) {
    RunConfigReader reader = ofAnyRun();
    reader.load(Optional.of(file), assignments, Map.of());
    deriveShards(reader.settings);
    return new RecordBinder(reader.settings)
        .bind("parameter-server.", ParameterServerSection.class);
  }

  /** Reads how what a run sends over a network is protected. */
  public static SecuritySection readSecurity(Path file, List<String> assignments) {
    RunConfigReader reader = ofAnyRun();
    reader.load(Optional.of(file), assignments, Map.of());
    deriveFrames(reader.settings);
    return new RecordBinder(reader.settings).bind("security.", SecuritySection.class);
  }

  /** The name of the run that a file describes; empty if it says too little to have one. */
  public static Optional<String> readRunId(Path file, List<String> assignments) {
    RunConfigReader reader = ofAnyRun();
    reader.load(Optional.of(file), assignments, Map.of());
    reader
        .settings
        .get("output")
        .ifPresent(output -> deriveRun(reader.settings, output.toString()));
    return reader.settings.get("run.id").map(Settings.Value::toString);
  }

  /** The port that a run's file has for metrics. */
  public static MetricsSection readMetrics(Path file, List<String> assignments) {
    RunConfigReader reader = ofAnyRun();
    reader.load(Optional.of(file), assignments, Map.of());
    return new RecordBinder(reader.settings).bind("metrics.", MetricsSection.class);
  }

  private void load(Optional<Path> file, List<String> assignments, Map<String, String> options) {
    file.ifPresent(path -> YamlFile.read(path, settings));
    assignments.forEach(settings::putAssignment);
    options.forEach((key, value) -> settings.put(key, value, "the command line"));
  }

  private void derive() {
    settings.get("model.from").ifPresent(from -> deriveModel(from.toString()));
    settings.get("model.preset").ifPresent(preset -> derivePreset(preset.toString()));
    settings
        .get("training.workers")
        .ifPresent(workers -> settings.putIfAbsent("training.micro-batches", workers, DERIVED));
    settings.putIfAbsent("training.micro-batches", 1, DERIVED);
    settings
        .get("training.steps")
        .ifPresent(steps -> settings.putIfAbsent("training.decay-steps", steps, DERIVED));
    settings.get("output").ifPresent(output -> deriveRun(settings, output.toString()));
    deriveShards(settings);
    deriveFrames(settings);
  }

  private void deriveModel(String from) {
    boolean complete =
        settings.get("model.preset").isPresent() && settings.get("model.objective").isPresent();
    if (from.isEmpty() || complete) {
      return;
    }
    JsonNode config = ModelSection.config(from);
    ModelFamily family = ModelFamily.of(config);
    settings.putIfAbsent("model.preset", family.nearestPreset(config), DERIVED);
    settings.putIfAbsent("model.objective", family.objective(config), DERIVED);
  }

  private void derivePreset(String preset) {
    ModelFamily family = ModelFamily.ofPreset(preset);
    settings.putIfAbsent("model.objective", family.objectives().get(0), DERIVED);
    TrainingDefaults defaults = family.trainingDefaults(preset);
    settings.putIfAbsent("training.steps", defaults.steps(), DERIVED);
    settings.putIfAbsent("training.batch-size", defaults.batchSize(), DERIVED);
    settings.putIfAbsent("training.min-learning-rate", minimumLearningRate(defaults), DERIVED);
    settings.putIfAbsent("training.learning-rate", defaults.learningRate(), DERIVED);
    settings.putIfAbsent("training.warmup-steps", warmupSteps(defaults), DERIVED);
    settings.putIfAbsent("training.beta1", defaults.beta1(), DERIVED);
    settings.putIfAbsent("training.beta2", defaults.beta2(), DERIVED);
    settings.putIfAbsent("training.weight-decay", defaults.weightDecay(), DERIVED);
    settings.putIfAbsent("training.gradient-clip", defaults.gradientClip(), DERIVED);
  }

  /** A tenth of a given rate: the preset's own minimum could lie above it. */
  private double minimumLearningRate(TrainingDefaults defaults) {
    return settings
        .get("training.learning-rate")
        .flatMap(rate -> number(rate.toString()))
        .map(rate -> rate / 10)
        .orElse(defaults.minimumLearningRate());
  }

  /** A short run has a short warm-up. */
  private long warmupSteps(TrainingDefaults defaults) {
    return settings
        .get("training.steps")
        .flatMap(steps -> number(steps.toString().replace("_", "")))
        .map(steps -> Math.min(defaults.warmupSteps(), (long) (steps / 10)))
        .orElse(defaults.warmupSteps());
  }

  static void deriveRun(Settings settings, String output) {
    String name = output.replaceAll("/+$", "").replaceAll("^.*[/:]", "");
    String id = name.replaceAll("[^A-Za-z0-9._-]", "-");
    settings.putIfAbsent("run.id", id.isEmpty() ? "run" : id, DERIVED);
    boolean local = !output.matches("[A-Za-z][A-Za-z0-9+.-]*:.*");
    String localPath = output.startsWith("file:") ? output.replaceFirst("^file:(//)?", "") : name;
    settings.putIfAbsent("run.directory", local ? output : localPath, DERIVED);
  }

  static void deriveFrames(Settings settings) {
    boolean secret =
        Stream.of("security.secret-file", "security.secret-environment")
            .flatMap(key -> settings.get(key).stream())
            .anyMatch(value -> !value.toString().isEmpty());
    settings.putIfAbsent("security.frames", secret ? "encrypt" : "none", DERIVED);
  }

  static void deriveShards(Settings settings) {
    settings
        .get("parameter-server.endpoints")
        .map(endpoints -> endpoints.toString().split(",").length)
        .ifPresent(count -> settings.putIfAbsent("parameter-server.shards", count, DERIVED));
    settings.putIfAbsent("parameter-server.shards", 1, DERIVED);
  }

  /** What is no number is left for the check of its own key. */
  private static Optional<Double> number(String text) {
    try {
      return Optional.of(Double.valueOf(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
