package io.headwater.driver.words;

import io.headwater.driver.run.Progress;
import io.headwater.driver.spark.MappedIterator;
import io.headwater.model.glove.CooccurrenceCounter;
import io.headwater.model.glove.Cooccurrences;
import io.headwater.model.glove.GloveConfig;
import io.headwater.model.glove.PairCount;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import scala.Tuple2;

/**
 * Co-occurrences counted by tasks of Spark, which adds them up and sorts them by pair, on disk
 * where memory is short. Sums of whole numbers in the order of pairs: into how many tasks the text
 * falls does not change a bit.
 */
final class PairCounts {
  private PairCounts() {}

  /**
   * Counts and shuffles.
   *
   * @param memoryBytes of the tables of the tasks that run in this process at the same time
   */
  static Cooccurrences count(
      WordText text, GloveConfig config, long memoryBytes, Progress progress) {
    Broadcast<Map<String, Integer>> known = text.ids();
    try {
      progress.say("Counting co-occurrences");
      Iterator<Row> sums =
          sums(text, known, config.window(), memoryBytes).orderBy("pair").toLocalIterator();
      return Cooccurrences.shuffled(
          new MappedIterator<>(sums, sum -> new PairCount(sum.getLong(0), sum.getLong(1))),
          config,
          Path.of(System.getProperty("java.io.tmpdir")));
    } finally {
      known.destroy();
    }
  }

  /** The key of each pair and its count, in no order. */
  static Dataset<Row> sums(
      WordText text, Broadcast<Map<String, Integer>> known, int window, long memoryBytes) {
    long perTask = memoryBytes / Math.max(1, text.spark().defaultParallelism());
    return SparkSession.active()
        .createDataset(
            text.numbers(known)
                .mapPartitions(
                    sentences ->
                        new MappedIterator<>(
                            new CooccurrenceCounter(sentences, window, perTask),
                            pair -> new Tuple2<>(pair.key(), pair.count())))
                .rdd(),
            Encoders.tuple(Encoders.LONG(), Encoders.LONG()))
        .toDF("pair", "count")
        .groupBy("pair")
        .agg(functions.sum("count"));
  }
}
