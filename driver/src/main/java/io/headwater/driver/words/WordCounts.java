package io.headwater.driver.words;

import io.headwater.driver.config.EmbeddingConfig;
import io.headwater.driver.spark.SparkApplication;
import io.headwater.model.embedding.Vocabulary;
import java.util.Set;

/**
 * How large a run's vocabulary is.
 *
 * @param words that get a vector
 * @param occurrences of these in the text
 */
public record WordCounts(long words, long occurrences) {
  private static final String HERE = "local[*]";

  /**
   * Counts the words of a run's text as the run will, but on this machine.
   *
   * @throws io.headwater.checkpoint.UserException if the text cannot be read or has no word often
   *     enough
   */
  public static WordCounts of(EmbeddingConfig config) {
    Set<String> known =
        config.model().isGiven()
            ? EmbeddingFamily.of(config).given(config.model().from()).words()
            : Set.of();
    try (SparkApplication spark = SparkApplication.start("plan", HERE, 1, 1)) {
      Vocabulary vocabulary = WordText.count(spark.session(), config, known).vocabulary();
      return new WordCounts(vocabulary.size(), vocabulary.total());
    }
  }
}
