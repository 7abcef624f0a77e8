package io.headwater.driver.cli;

import io.headwater.checkpoint.UserException;
import io.headwater.corpus.words.Segmentation;
import io.headwater.finetune.words.TextReading;
import io.headwater.finetune.words.WordClassifierSettings;
import io.headwater.model.fasttext.ClassifierSettings.Loss;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The options of classifiers made of word vectors, under the names of the program fastText. */
final class WordClassifierOptions {
  @Option(names = "--loss", description = "Word vectors: softmax, ns or hs; default softmax.")
  private String loss;

  @Option(
      names = "--word-ngrams",
      description = "Word vectors: words of the longest n-gram of words; default 1, none.")
  private Integer wordNgrams;

  @Option(
      names = "--buckets",
      description = "Word vectors: rows that n-grams of words share, where the vectors have none.")
  private Integer buckets;

  @Option(names = "--negative", description = "Word vectors: labels drawn with --loss ns.")
  private Integer negative;

  @Option(
      names = "--min-count",
      description = "Word vectors: rarer words of the texts get no row; default 1.")
  private Integer minCount;

  @Option(
      names = "--segmentation",
      description = "Word vectors: blanks, characters or chinese; default that of the vectors.")
  private String segmentation;

  @Option(
      names = "--ignore-case",
      description = "Word vectors: put texts in lower case, as that of the vectors was.")
  private boolean ignoreCase;

  /**
   * @throws UserException if one of them is given for another model
   */
  void refuseFor(String checkpoint) {
    boolean any =
        ignoreCase
            || Stream.of(loss, wordNgrams, buckets, negative, minCount, segmentation)
                .anyMatch(Objects::nonNull);
    if (any) {
      throw new UserException(
          "Cannot use --loss, --word-ngrams, --buckets, --negative, --min-count, --segmentation or"
              + " --ignore-case with "
              + checkpoint
              + ": it is not of word vectors");
    }
  }

  /** With what was given in the place of the defaults. */
  WordClassifierSettings settings(WordClassifierSettings defaults) {
    return new WordClassifierSettings(
        loss == null ? defaults.loss() : Loss.named(loss),
        wordNgrams == null ? defaults.wordNgrams() : wordNgrams,
        buckets == null ? defaults.buckets() : buckets,
        negative == null ? defaults.negative() : negative,
        minCount == null ? defaults.minCount() : minCount,
        defaults.epochs(),
        defaults.learningRate(),
        defaults.trainPerClass(),
        defaults.seed());
  }

  /** As the vectors' own text was read, but for what was given. */
  TextReading reading(TextReading vectors) {
    return new TextReading(
        segmentation == null ? vectors.segmentation() : Segmentation.named(segmentation),
        ignoreCase || vectors.ignoreCase(),
        vectors.phrases());
  }
}
