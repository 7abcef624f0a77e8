package io.headwater.driver.words;

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
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.broadcast.Broadcast;

/**
 * A text as word numbers, as Spark numbers them, kept in a temporary file that is mapped: it may be
 * larger than memory, and its length is of 64 bits.
 */
final class WordCorpus implements WordSequence, AutoCloseable {
  private static final int SEGMENT = 1 << 28; // elements, 1 GiB

  private final Vocabulary vocabulary;
  private final Path file;
  private final List<IntBuffer> segments;
  private final int segment; // elements of each but the last
  private final long length;

  private WordCorpus(Vocabulary vocabulary, Path file, int segment) throws IOException {
    this.vocabulary = vocabulary;
    this.file = file;
    this.segment = segment;
    this.length = Files.size(file) / Integer.BYTES;
    this.segments = new ArrayList<>();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      for (long from = 0; from < length; from += segment) {
        long count = Math.min(segment, length - from);
        segments.add(
            channel
                .map(FileChannel.MapMode.READ_ONLY, from * Integer.BYTES, count * Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .asIntBuffer());
      }
    }
  }

  /** Numbers the words of a text. */
  static WordCorpus of(WordText text) {
    return of(text, SEGMENT);
  }

  /** With so many elements in each mapped piece but the last. */
  static WordCorpus of(WordText text, int segment) {
    Path file = null;
    try {
      file = Files.createTempFile("headwater-words", ".i32");
      number(text, file);
      return new WordCorpus(text.vocabulary(), file, segment);
    } catch (IOException e) {
      delete(file);
      throw new UncheckedIOException("Cannot number the words of the corpus", e);
    } catch (RuntimeException e) {
      delete(file);
      throw e;
    }
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
      IntBuffer mapped = segments.get((int) ((from + done) / segment));
      int at = (int) ((from + done) % segment);
      int part = Math.min(count - done, mapped.limit() - at);
      mapped.get(at, into, offset + done, part);
      done += part;
    }
  }

  @Override
  public void close() {
    delete(file);
  }

  private static void number(WordText text, Path file) throws IOException {
    Broadcast<Map<String, Integer>> known = text.ids();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      Iterator<int[]> sentences = text.numbers(known).toLocalIterator();
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
