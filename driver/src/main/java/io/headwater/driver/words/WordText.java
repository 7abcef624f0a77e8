package io.headwater.driver.words;

import io.headwater.checkpoint.UserException;
import io.headwater.corpus.words.Segmentation;
import io.headwater.corpus.words.Segmenter;
import io.headwater.driver.config.EmbeddingConfig;
import io.headwater.driver.config.EmbeddingSection;
import io.headwater.driver.spark.MappedIterator;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.embedding.WordSequence;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * A text as Spark has it: a line is a sentence, cut into words and with phrases joined as the
 * configuration asks, its words counted.
 */
final class WordText {
  private final JavaRDD<String[]> sentences;
  private final Vocabulary vocabulary;

  private WordText(JavaRDD<String[]> sentences, Vocabulary vocabulary) {
    this.sentences = sentences;
    this.vocabulary = vocabulary;
  }

  /**
   * Counts the words of a text.
   *
   * @param known words that are in the vocabulary however seldom they occur
   * @throws UserException if it cannot be read or has no word often enough
   */
  static WordText count(SparkSession session, EmbeddingConfig config, Set<String> known) {
    EmbeddingSection section = config.embedding();
    try {
      JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
      JavaRDD<String[]> sentences = cut(spark.textFile(config.corpus()), section.segmentation());
      for (double threshold : section.phraseThresholds()) {
        sentences = Phrases.join(sentences, section.minCount(), threshold);
      }
      return new WordText(sentences, vocabulary(sentences, section.minCount(), known));
    } catch (UserException e) {
      throw e;
    } catch (RuntimeException e) {
      throw unreadable(config.corpus(), e);
    }
  }

  private static UserException unreadable(String location, RuntimeException e) {
    return new UserException(
        "Cannot read corpus "
            + location
            + ": "
            + String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString()),
        e);
  }

  private static JavaRDD<String[]> cut(JavaRDD<String> lines, String segmentation) {
    return lines.mapPartitions(
        partition -> {
          Segmenter segmenter = Segmentation.named(segmentation).segmenter();
          return new MappedIterator<>(
              partition, line -> segmenter.words(line).toArray(String[]::new));
        });
  }

  private static Vocabulary vocabulary(
      JavaRDD<String[]> sentences, long minCount, Set<String> known) {
    Broadcast<Set<String>> kept =
        JavaSparkContext.fromSparkContext(sentences.context()).broadcast(known);
    try {
      List<Tuple2<String, Long>> counts =
          sentences
              .flatMap(words -> List.of(words).iterator())
              .mapToPair(word -> new Tuple2<>(word, 1L))
              .reduceByKey(Long::sum)
              .filter(count -> count._2() >= minCount || kept.value().contains(count._1()))
              .collect();
      return Vocabulary.of(
          counts.stream().map(count -> new Vocabulary.Count(count._1(), count._2())).toList(),
          minCount,
          known);
    } finally {
      kept.destroy();
    }
  }

  Vocabulary vocabulary() {
    return vocabulary;
  }

  JavaSparkContext spark() {
    return JavaSparkContext.fromSparkContext(sentences.context());
  }

  /** The numbers of each sentence's words that have one, and the end of the sentence. */
  JavaRDD<int[]> numbers(Broadcast<Map<String, Integer>> ids) {
    return sentences.map(words -> numbers(words, ids.value()));
  }

  /** To be destroyed when the numbers are made. */
  Broadcast<Map<String, Integer>> ids() {
    Map<String, Integer> ids = new HashMap<>(vocabulary.size() * 2);
    for (int id = 0; id < vocabulary.size(); id++) {
      ids.put(vocabulary.word(id), id);
    }
    return spark().broadcast(ids);
  }

  private static int[] numbers(String[] words, Map<String, Integer> ids) {
    int[] numbers = new int[words.length + 1];
    int count = 0;
    for (String word : words) {
      Integer id = ids.get(word);
      if (id != null) {
        numbers[count++] = id;
      }
    }
    numbers[count++] = WordSequence.SENTENCE_END;
    return Arrays.copyOf(numbers, count);
  }
}
