package io.headwater.driver.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The knobs of word vectors under their usual names. */
final class EmbeddingOptions {
  @Option(names = "--algorithm", description = "word2vec: skipgram or cbow.")
  private String algorithm;

  @Option(names = "--loss", description = "word2vec: ns or hs.")
  private String loss;

  @Option(names = "--dim", description = "word2vec: length of a vector.")
  private String dim;

  @Option(names = "--window", description = "word2vec: words to each side at most.")
  private String window;

  @Option(names = "--min-count", description = "word2vec: rarer words are left out.")
  private String minCount;

  @Option(names = "--sample", description = "word2vec: more frequent words are thinned out.")
  private String sample;

  @Option(names = "--negative", description = "word2vec: words drawn against each centre.")
  private String negative;

  @Option(names = "--epochs", description = "word2vec: passes over the corpus.")
  private String epochs;

  @Option(names = "--threads", description = "word2vec: threads that train at the same time.")
  private String threads;

  /** By key; only what was given. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("embedding.algorithm", algorithm);
    settings.put("embedding.loss", loss);
    settings.put("embedding.dim", dim);
    settings.put("embedding.window", window);
    settings.put("embedding.min-count", minCount);
    settings.put("embedding.sample", sample);
    settings.put("embedding.negative", negative);
    settings.put("embedding.epochs", epochs);
    settings.put("embedding.threads", threads);
    settings.values().removeIf(value -> value == null);
    return settings;
  }

  /** Whether {@code --model} names word vectors. */
  boolean isAskedBy(String model) {
    return "word2vec".equals(model);
  }
}
