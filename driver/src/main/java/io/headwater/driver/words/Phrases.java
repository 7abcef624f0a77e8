package io.headwater.driver.words;

import io.headwater.corpus.words.Segmenter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/*
 * score(a b) = (count(a b) - min count) * words / (count(a) * count(b))
 *
 * from "Distributed Representations of Words and Phrases and their Compositionality" (Mikolov et
 * al., 2013, arXiv:1310.4546), with the factor that the program word2phrase has. The counts are
 * exact; that program forgets rare words when its table is full.
 */
/** Two words that come together more often than by chance become one, as word2phrase does. */
final class Phrases {
  /** Of two words in a key: no word has one. */
  private static final char BETWEEN = ' ';

  private Phrases() {}

  /**
   * One pass: from left to right, a pair that scores above the threshold is joined, and its second
   * word is not the first of another.
   *
   * @param minCount occurrences that a pair and both of its words must have
   */
  static JavaRDD<String[]> join(JavaRDD<String[]> sentences, long minCount, double threshold) {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(sentences.context());
    JavaPairRDD<String, Long> counts =
        sentences
            .flatMap(words -> List.of(words).iterator())
            .mapToPair(word -> new Tuple2<>(word, 1L))
            .reduceByKey(Long::sum);
    long total = counts.values().fold(0L, Long::sum);
    Broadcast<Map<String, Long>> frequent =
        spark.broadcast(Map.copyOf(counts.filter(count -> count._2() >= minCount).collectAsMap()));
    try {
      Set<String> phrases =
          new HashSet<>(
              sentences
                  .flatMap(words -> pairs(words, frequent.value()))
                  .mapToPair(pair -> new Tuple2<>(pair, 1L))
                  .reduceByKey(Long::sum)
                  .filter(pair -> score(pair, frequent.value(), minCount, total) > threshold)
                  .keys()
                  .collect());
      Broadcast<Set<String>> joined = spark.broadcast(phrases);
      return sentences.map(words -> join(words, joined.value()));
    } finally {
      frequent.destroy();
    }
  }

  private static Iterator<String> pairs(String[] words, Map<String, Long> frequent) {
    List<String> pairs = new ArrayList<>();
    for (int at = 1; at < words.length; at++) {
      if (frequent.containsKey(words[at - 1]) && frequent.containsKey(words[at])) {
        pairs.add(words[at - 1] + BETWEEN + words[at]);
      }
    }
    return pairs.iterator();
  }

  private static double score(
      Tuple2<String, Long> pair, Map<String, Long> counts, long minCount, long total) {
    int between = pair._1().indexOf(BETWEEN);
    double first = counts.get(pair._1().substring(0, between));
    double second = counts.get(pair._1().substring(between + 1));
    return (pair._2() - minCount) / first / second * total;
  }

  private static String[] join(String[] words, Set<String> phrases) {
    List<String> joined = new ArrayList<>(words.length);
    for (int at = 0; at < words.length; at++) {
      boolean phrase =
          at + 1 < words.length && phrases.contains(words[at] + BETWEEN + words[at + 1]);
      joined.add(phrase ? words[at] + Segmenter.JOINT + words[++at] : words[at]);
    }
    return joined.toArray(String[]::new);
  }
}
