package io.headwater.driver.config;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Puts the configuration of a run that trains word vectors together. */
public final class EmbeddingConfigReader {
  private static final String PRESET = "model.preset";
  private static final String DERIVED = "the default";

  private EmbeddingConfigReader() {}

  /**
   * Whether what is given asks for word vectors.
   *
   * @throws io.headwater.checkpoint.UserException for a key that no run has
   */
  public static boolean isAsked(
      Optional<Path> file, List<String> assignments, Map<String, String> options) {
    Set<String> known = new HashSet<>(SettingKey.all(RunConfig.class).keySet());
    known.addAll(SettingKey.all(EmbeddingConfig.class).keySet());
    return load(known, file, assignments, options)
        .get(PRESET)
        .map(preset -> preset.toString().equals(EmbeddingModelSection.WORD2VEC))
        .orElse(false);
  }

  /** Reads it, as {@link RunConfigReader#read} does that of other runs. */
  public static EmbeddingConfig read(
      Optional<Path> file, List<String> assignments, Map<String, String> options) {
    Settings settings =
        load(SettingKey.all(EmbeddingConfig.class).keySet(), file, assignments, options);
    boolean cbow =
        settings
            .get("embedding.algorithm")
            .map(algorithm -> algorithm.toString().equals("cbow"))
            .orElse(false);
    settings.putIfAbsent("embedding.learning-rate", cbow ? 0.05 : 0.025, DERIVED);
    settings
        .get("output")
        .ifPresent(output -> RunConfigReader.deriveRun(settings, output.toString()));
    return new RecordBinder(settings).bind("", EmbeddingConfig.class);
  }

  private static Settings load(
      Set<String> known,
      Optional<Path> file,
      List<String> assignments,
      Map<String, String> options) {
    Settings settings = new Settings(known);
    file.ifPresent(path -> YamlFile.read(path, settings));
    assignments.forEach(settings::putAssignment);
    options.forEach((key, value) -> settings.put(key, value, "the command line"));
    return settings;
  }
}
