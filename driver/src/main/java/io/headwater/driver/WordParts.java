package io.headwater.driver;

import io.headwater.checkpoint.UserException;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.worker.TextPart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;

/** A text whose words Spark has counted, to be numbered in parts by its tasks. */
final class WordParts {
  private static final long MOST_WORDS = 400_000; // of a part
  private static final long LEAST_WORDS = 5_000;
  private static final int PARTS_PER_WORKER = 8; // at least, so that nobody waits long for another

  private final JavaRDD<String> lines;
  private final Vocabulary vocabulary;

  private WordParts(JavaRDD<String> lines, Vocabulary vocabulary) {
    this.lines = lines;
    this.vocabulary = vocabulary;
  }

  /**
   * Counts the words of a text, as {@link WordCorpus} does.
   *
   * @throws UserException if it cannot be read or has no word often enough
   */
  static WordParts count(SparkSession session, String location, long minCount) {
    try {
      JavaRDD<String> lines =
          JavaSparkContext.fromSparkContext(session.sparkContext()).textFile(location);
      return new WordParts(lines, WordCorpus.count(lines, minCount));
    } catch (UserException e) {
      throw e;
    } catch (RuntimeException e) {
      throw WordCorpus.unreadable(location, e);
    }
  }

  Vocabulary vocabulary() {
    return vocabulary;
  }

  /** Writes the parts, in the order of the text. */
  List<TextPart> write(String folder, int workers) {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(lines.context());
    long words = vocabulary.total() / ((long) PARTS_PER_WORKER * workers);
    int target = (int) Math.min(MOST_WORDS, Math.max(LEAST_WORDS, words));
    Broadcast<Map<String, Integer>> known = spark.broadcast(WordCorpus.ids(vocabulary));
    try {
      return lines
          .mapPartitionsWithIndex(
              (partition, text) -> {
                String prefix = String.format(Locale.ROOT, "%s/%05d-", folder, partition);
                return write(text, known.value(), prefix, target);
              },
              false)
          .collect();
    } finally {
      known.destroy();
    }
  }

  private static Iterator<TextPart> write(
      Iterator<String> text, Map<String, Integer> known, String prefix, int target) {
    List<TextPart> parts = new ArrayList<>();
    int[] numbers = new int[target + target / 2];
    int count = 0;
    while (text.hasNext()) {
      int[] sentence = WordCorpus.numbers(text.next(), known);
      if (count + sentence.length > numbers.length) {
        numbers = Arrays.copyOf(numbers, 2 * (count + sentence.length));
      }
      System.arraycopy(sentence, 0, numbers, count, sentence.length);
      count += sentence.length;
      if (count >= target || (!text.hasNext() && count > 0)) {
        String location = prefix + String.format(Locale.ROOT, "%05d.i32", parts.size());
        parts.add(TextPart.write(location, numbers, count));
        count = 0;
      }
    }
    return parts.iterator();
  }
}
