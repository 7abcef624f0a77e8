package io.headwater.driver.config;

import io.headwater.checkpoint.UserException;
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
  private static final int BLOCK_WORDS = 10_000; // of all workers
  private static final int BLOCK_ENTRIES = 1_000_000; // of a worker, who has its rows to itself
  private static final int LEAST_BLOCK_WORDS = 500;
  private static final List<String> FASTTEXT_KEYS =
      List.of("embedding.min-n", "embedding.max-n", "embedding.buckets");
  private static final List<String> WINDOW_KEYS =
      List.of(
          "embedding.algorithm",
          "embedding.loss",
          "embedding.sample",
          "embedding.negative",
          "embedding.negatives");
  private static final List<String> GLOVE_KEYS =
      List.of("embedding.x-max", "embedding.alpha", "embedding.memory-mib");

  private static final List<String> GRADIENT_KEYS =
      List.of(
          "parameter-server.push-codec",
          "parameter-server.push-top-k",
          "parameter-server.pull-codec");

  private EmbeddingConfigReader() {}

  /**
   * Whether what is given asks for word vectors.
   *
   * @throws UserException for a key that no run has
   */
  public static boolean isAsked(
      Optional<Path> file, List<String> assignments, Map<String, String> options) {
    Set<String> known = new HashSet<>(SettingKey.all(RunConfig.class).keySet());
    known.addAll(SettingKey.all(EmbeddingConfig.class).keySet());
    return load(known, file, assignments, options)
        .get(PRESET)
        .map(preset -> EmbeddingModelSection.isFamily(preset.toString()))
        .orElse(false);
  }

  /** Reads it, as {@link RunConfigReader#read} does that of other runs. */
  public static EmbeddingConfig read(
      Optional<Path> file, List<String> assignments, Map<String, String> options) {
    Settings settings =
        load(SettingKey.all(EmbeddingConfig.class).keySet(), file, assignments, options);
    String family = settings.get(PRESET).map(Object::toString).orElse("");
    checkKeys(family, settings);
    deriveFamily(family, settings);
    RunConfigReader.deriveShards(settings);
    RunConfigReader.deriveFrames(settings);
    deriveBlock(family, settings);
    settings
        .get("output")
        .ifPresent(output -> RunConfigReader.deriveRun(settings, output.toString()));
    EmbeddingConfig config = new RecordBinder(settings).bind("", EmbeddingConfig.class);
    checkEffects(config, settings);
    return config;
  }

  /** A key that was given and changes nothing, beside others, stops the start. */
  private static void checkEffects(EmbeddingConfig config, Settings settings) {
    EmbeddingSection embedding = config.embedding();
    if (embedding.loss().equals("hs")) {
      rejectIdle("embedding.negative", "embedding.loss hs draws no words", settings);
    }
    if (embedding.algorithm().equals("cbow")) {
      rejectIdle("embedding.negatives", "the words of a cbow window are one mean", settings);
    }
    if (embedding.maxN() == 0) {
      rejectIdle("embedding.min-n", "embedding.max-n 0 takes no n-grams", settings);
      rejectIdle("embedding.buckets", "embedding.max-n 0 takes no n-grams", settings);
    }
    if (config.usesTables()) {
      rejectIdle(
          "embedding.checkpoint-words", "workers write checkpoints between epochs", settings);
    } else {
      rejectIdle("training.block-words", "one process exchanges no rows", settings);
    }
  }

  private static void rejectIdle(String key, String why, Settings settings) {
    settings
        .get(key)
        .map(Settings.Value::origin)
        .filter(origin -> !origin.equals(DERIVED))
        .ifPresent(
            origin -> {
              throw new UserException(
                  "Cannot use " + key + " in " + origin + ": " + why + " (leave it out)");
            });
  }

  /** A key that the family does not read stops the start. */
  private static void checkKeys(String family, Settings settings) {
    reject(GRADIENT_KEYS, family, settings);
    if (!family.equals(EmbeddingModelSection.FASTTEXT)) {
      reject(FASTTEXT_KEYS, family, settings);
    }
    if (family.equals(EmbeddingModelSection.GLOVE)) {
      reject(WINDOW_KEYS, family, settings);
    } else {
      reject(GLOVE_KEYS, family, settings);
    }
  }

  private static void reject(List<String> keys, String family, Settings settings) {
    for (String key : keys) {
      if (settings.get(key).isPresent()) {
        throw new UserException(
            "Cannot use "
                + key
                + " in "
                + settings.get(key).get().origin()
                + ": a model of "
                + family
                + " does not have it");
      }
    }
  }

  private static void deriveFamily(String family, Settings settings) {
    boolean fasttext = family.equals(EmbeddingModelSection.FASTTEXT);
    boolean glove = family.equals(EmbeddingModelSection.GLOVE);
    boolean skipgram =
        settings
            .get("embedding.algorithm")
            .map(algorithm -> !algorithm.toString().equals("cbow"))
            .orElse(true);
    boolean slow = skipgram && !fasttext && !glove;
    settings.putIfAbsent("embedding.learning-rate", slow ? 0.025 : 0.05, DERIVED);
    settings.putIfAbsent("embedding.sample", fasttext ? 1e-4 : 1e-3, DERIVED);
    settings.putIfAbsent("embedding.window", glove ? 15 : 5, DERIVED);
    settings.putIfAbsent("embedding.epochs", glove ? 25 : 5, DERIVED);
  }

  /** What all workers together change before they see each other's changes stays the same. */
  private static void deriveBlock(String family, Settings settings) {
    if (family.equals(EmbeddingModelSection.GLOVE)) {
      settings.putIfAbsent("training.block-words", BLOCK_ENTRIES, DERIVED);
      return;
    }
    int workers =
        settings
            .get("training.workers")
            .map(Object::toString)
            .filter(given -> given.matches("[1-9]\\d{0,5}")) // else the key's own check refuses it
            .map(Integer::parseInt)
            .orElse(1);
    int words = Math.max(LEAST_BLOCK_WORDS, BLOCK_WORDS / workers);
    settings.putIfAbsent("training.block-words", words, DERIVED);
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
