package io.headwater.driver;

import io.headwater.checkpoint.UserException;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.embedding.WordSequence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * A text as word numbers, counted and numbered by Spark, kept in a temporary file that is mapped:
 * it may be larger than memory, and its length is of 64 bits.
 */
final class WordCorpus implements WordSequence, AutoCloseable {
  private static final long SEGMENT = 1L << 28; // elements, 1 GiB
  private static final String BLANKS = "[ \\t\\r\\f]+";

  private final Vocabulary vocabulary;
  private final Path file;
  private final List<IntBuffer> segments;
  private final long length;

  private WordCorpus(Vocabulary vocabulary, Path file) throws IOException {
    this.vocabulary = vocabulary;
    this.file = file;
    this.length = Files.size(file) / Integer.BYTES;
    this.segments = new ArrayList<>();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      for (long from = 0; from < length; from += SEGMENT) {
        long count = Math.min(SEGMENT, length - from);
        segments.add(
            channel
                .map(FileChannel.MapMode.READ_ONLY, from * Integer.BYTES, count * Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .asIntBuffer());
      }
    }
  }

  /**
   * Reads a text: words divided by blanks, a sentence a line.
   *
   * @param location file, folder or pattern, as Spark takes them
   * @throws UserException if it cannot be read or has no word often enough
   */
  static WordCorpus read(SparkSession session, String location, long minCount) {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    Path file = null;
    try {
      JavaRDD<String> lines = spark.textFile(location);
      Vocabulary vocabulary = count(lines, minCount);
      file = Files.createTempFile("headwater-words", ".i32");
      number(spark, lines, vocabulary, file);
      return new WordCorpus(vocabulary, file);
    } catch (IOException e) {
      delete(file);
      throw new UncheckedIOException("Cannot number the words of " + location, e);
    } catch (RuntimeException e) {
      delete(file);
      if (e instanceof UserException) {
        throw e;
      }
      throw unreadable(location, e);
    }
  }

  static UserException unreadable(String location, RuntimeException e) {
    return new UserException(
        "Cannot read corpus "
            + location
            + ": "
            + String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString()),
        e);
  }

  Vocabulary vocabulary() {
    return vocabulary;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void read(long from, int[] into, int offset, int count) {
    int done = 0;
    while (done < count) {
      IntBuffer segment = segments.get((int) ((from + done) / SEGMENT));
      int at = (int) ((from + done) % SEGMENT);
      int part = Math.min(count - done, segment.limit() - at);
      segment.get(at, into, offset + done, part);
      done += part;
    }
  }

  @Override
  public void close() {
    delete(file);
  }

  static Vocabulary count(JavaRDD<String> lines, long minCount) {
    List<Tuple2<String, Long>> counts =
        lines
            .flatMap(WordCorpus::words)
            .mapToPair(word -> new Tuple2<>(word, 1L))
            .reduceByKey(Long::sum)
            .filter(count -> count._2() >= minCount)
            .collect();
    return Vocabulary.of(
        counts.stream().map(count -> new Vocabulary.Count(count._1(), count._2())).toList(),
        minCount);
  }

  static Map<String, Integer> ids(Vocabulary vocabulary) {
    Map<String, Integer> ids = new HashMap<>(vocabulary.size() * 2);
    for (int id = 0; id < vocabulary.size(); id++) {
      ids.put(vocabulary.word(id), id);
    }
    return ids;
  }

  private static void number(
      JavaSparkContext spark, JavaRDD<String> lines, Vocabulary vocabulary, Path file)
      throws IOException {
    Broadcast<Map<String, Integer>> known = spark.broadcast(ids(vocabulary));
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      Iterator<int[]> sentences = lines.map(line -> numbers(line, known.value())).toLocalIterator();
      ByteBuffer block = ByteBuffer.allocate(1 << 20).order(ByteOrder.nativeOrder());
      while (sentences.hasNext()) {
        for (int id : sentences.next()) {
          if (!block.hasRemaining()) {
            flush(block, channel);
          }
          block.putInt(id);
        }
      }
      flush(block, channel);
    } finally {
      known.destroy();
    }
  }

  private static void flush(ByteBuffer block, FileChannel channel) throws IOException {
    block.flip();
    while (block.hasRemaining()) {
      channel.write(block);
    }
    block.clear();
  }

  /** A line's words that have a number, and the end of the sentence. */
  static int[] numbers(String line, Map<String, Integer> ids) {
    int[] numbers = new int[line.length() / 2 + 2];
    int count = 0;
    for (Iterator<String> words = words(line); words.hasNext(); ) {
      Integer id = ids.get(words.next());
      if (id != null) {
        numbers[count++] = id;
      }
    }
    numbers[count++] = SENTENCE_END;
    return Arrays.copyOf(numbers, count);
  }

  private static Iterator<String> words(String line) {
    return Arrays.stream(line.split(BLANKS)).filter(word -> !word.isEmpty()).iterator();
  }

  private static void delete(Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + file, e);
    }
  }
}
