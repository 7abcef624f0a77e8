package io.headwater.driver.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The knobs of word vectors under their usual names. */
final class EmbeddingOptions {
  @Option(names = "--algorithm", description = "Word vectors: skipgram or cbow.")
  private String algorithm;

  @Option(names = "--loss", description = "Word vectors: ns or hs.")
  private String loss;

  @Option(
      names = "--segmentation",
      description = "Word vectors: blanks, characters or chinese say where words end.")
  private String segmentation;

  @Option(
      names = "--phrases",
      description = "Word vectors: thresholds of word2phrase, one for each pass, 200,100 say.")
  private String phrases;

  @Option(names = "--dim", description = "Word vectors: length of a vector.")
  private String dim;

  @Option(names = "--window", description = "Word vectors: words to each side at most.")
  private String window;

  @Option(names = "--min-count", description = "Word vectors: rarer words are left out.")
  private String minCount;

  @Option(names = "--sample", description = "Word vectors: more frequent words are thinned out.")
  private String sample;

  @Option(names = "--negative", description = "Word vectors: words drawn against each centre.")
  private String negative;

  @Option(
      names = "--negatives",
      description = "Word vectors: a window's words have shared ones, or each pair its own: pair.")
  private String negatives;

  @Option(
      names = {"--learning-rate", "--lr"},
      description = "Word vectors: at the start.")
  private String learningRate;

  @Option(names = "--epochs", description = "Word vectors: passes over the corpus.")
  private String epochs;

  @Option(names = "--threads", description = "Word vectors: threads that train at the same time.")
  private String threads;

  @Option(names = "--min-n", description = "fasttext: characters of the shortest n-gram.")
  private String minN;

  @Option(names = "--max-n", description = "fasttext: characters of the longest; 0 for none.")
  private String maxN;

  @Option(names = "--buckets", description = "fasttext: rows that the n-grams share.")
  private String buckets;

  @Option(names = "--x-max", description = "glove: count of full weight.")
  private String xMax;

  @Option(names = "--alpha", description = "glove: exponent of the weight below it.")
  private String alpha;

  /** By key; only what was given. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("embedding.algorithm", algorithm);
    settings.put("embedding.loss", loss);
    settings.put("embedding.segmentation", segmentation);
    settings.put("embedding.phrases", phrases);
    settings.put("embedding.dim", dim);
    settings.put("embedding.window", window);
    settings.put("embedding.min-count", minCount);
    settings.put("embedding.sample", sample);
    settings.put("embedding.negative", negative);
    settings.put("embedding.negatives", negatives);
    settings.put("embedding.learning-rate", learningRate);
    settings.put("embedding.epochs", epochs);
    settings.put("embedding.threads", threads);
    settings.put("embedding.min-n", minN);
    settings.put("embedding.max-n", maxN);
    settings.put("embedding.buckets", buckets);
    settings.put("embedding.x-max", xMax);
    settings.put("embedding.alpha", alpha);
    settings.values().removeIf(value -> value == null);
    return settings;
  }
}
