package io.headwater.driver.words;

import io.headwater.model.glove.Cooccurrence;
import io.headwater.model.glove.GloveConfig;
import io.headwater.model.glove.PairCount;
import io.headwater.worker.CooccurrencePart;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import scala.Tuple4;

/*
 * The words fall into strips, so the co-occurrences into squares: of one strip of words and one of
 * contexts. Squares along a diagonal have no row in common, so workers that train on squares that
 * follow one another never change the same row at the same time (Gemulla et al., 2011,
 * https://doi.org/10.1145/2020408.2020426), and a block of a square needs few rows for its many
 * entries. Numbers of words go by frequency: their remainders make strips of like size.
 */
/**
 * Co-occurrences written in parts by tasks of Spark; their order within a square is drawn from the
 * seed.
 *
 * @param folder of the files
 * @param strips of words, and of contexts
 */
record CooccurrenceParts(GloveConfig config, String folder, int strips) implements Serializable {
  private static final int MOST_ENTRIES = 1 << 22; // of a part, 64 MiB
  private static final int STRIPS_PER_WORKER = 2; // so that one that is slow meets nobody

  /** A part of a square, the {@code number}-th of those that it has. */
  private record Piece(int number, int diagonal, int strip, CooccurrencePart part)
      implements Serializable {}

  /**
   * Counts and writes.
   *
   * @param memoryBytes of the tables of the tasks that run in this process at the same time
   * @return parts in the order of their training; none if no two words meet
   */
  static List<CooccurrencePart> write(
      WordText text, GloveConfig config, String folder, int workers, long memoryBytes) {
    return new CooccurrenceParts(config, folder, STRIPS_PER_WORKER * workers)
        .write(text, memoryBytes);
  }

  private List<CooccurrencePart> write(WordText text, long memoryBytes) {
    Broadcast<Map<String, Integer>> known = text.ids();
    try {
      List<Piece> pieces =
          new ArrayList<>(
              PairCounts.sums(text, known, config.window(), memoryBytes)
                  .flatMap(
                      (FlatMapFunction<Row, Tuple4<Integer, Long, Long, Long>>) this::entries,
                      Encoders.tuple(
                          Encoders.INT(), Encoders.LONG(), Encoders.LONG(), Encoders.LONG()))
                  .toDF("square", "draw", "pair", "target")
                  .repartition(strips, functions.col("square"))
                  .sortWithinPartitions("square", "draw", "pair")
                  .toJavaRDD()
                  .mapPartitions(this::pieces)
                  .collect());
      pieces.sort(
          Comparator.comparingInt(Piece::number)
              .thenComparingInt(Piece::diagonal)
              .thenComparingInt(Piece::strip));
      return pieces.stream().map(Piece::part).toList();
    } finally {
      known.destroy();
    }
  }

  /** Both orders of a pair, each with its square and a number drawn for it. */
  private Iterator<Tuple4<Integer, Long, Long, Long>> entries(Row sum) {
    return Cooccurrence.of(new PairCount(sum.getLong(0), sum.getLong(1)), config).stream()
        .map(entry -> new Tuple4<>(square(entry.pair()), draw(entry), entry.pair(), entry.target()))
        .iterator();
  }

  private int square(long pair) {
    return (int) (pair >>> 32) % strips * strips + (int) pair % strips;
  }

  private long draw(Cooccurrence entry) {
    return new SplittableRandom(entry.pair() ^ Long.rotateLeft(config.seed(), 32)).nextLong();
  }

  /** Of rows that are sorted by square. */
  private Iterator<Piece> pieces(Iterator<Row> rows) {
    Pieces pieces = new Pieces();
    rows.forEachRemaining(row -> pieces.add(row.getInt(0), row.getLong(2), row.getLong(3)));
    return pieces.end().iterator();
  }

  /** Writes one piece after the other. */
  private final class Pieces {
    private final List<Piece> written = new ArrayList<>();
    private long[] entries = new long[1 << 12];
    private int count;
    private int square = -1;
    private int number; // of pieces of the square before this one

    void add(int of, long pair, long target) {
      if (count == MOST_ENTRIES || of != square) {
        write();
      }
      if (of != square) {
        square = of;
        number = 0;
      }
      int at = count * Cooccurrence.LONGS;
      if (at == entries.length) {
        entries = Arrays.copyOf(entries, 2 * at);
      }
      entries[at] = pair;
      entries[at + 1] = target;
      count++;
    }

    private void write() {
      if (count > 0) {
        written.add(piece(square, number, entries, count));
        number++;
        count = 0;
      }
    }

    List<Piece> end() {
      write();
      return written;
    }
  }

  private Piece piece(int square, int number, long[] entries, int count) {
    int strip = square / strips;
    int diagonal = Math.floorMod(square % strips - strip, strips);
    String location =
        String.format(Locale.ROOT, "%s/%05d-%05d-%05d.i64", folder, number, diagonal, strip);
    return new Piece(number, diagonal, strip, CooccurrencePart.write(location, entries, count));
  }
}
