package io.headwater.model.glove;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/**
 * How often words meet, each pair in both orders, in an order drawn at random; in a mapped file,
 * which may be larger than memory. Safe for several readers at once.
 *
 * <p>An entry is the two longs of a {@link Cooccurrence}.
 */
public final class Cooccurrences implements AutoCloseable {
  private static final int SEGMENT = 1 << 26; // entries, 1 GiB

  private final Path folder;
  private final List<LongBuffer> segments = new ArrayList<>();
  private final int segment; // entries of each but the last
  private final long size;

  /** Takes over a folder and deletes it in the end. */
  private Cooccurrences(Path folder, Path file, int segment) throws IOException {
    this.folder = folder;
    this.segment = segment;
    this.size = Files.size(file) / (Cooccurrence.LONGS * Long.BYTES);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      for (long from = 0; from < size; from += segment) {
        long bytes = Math.min(segment, size - from) * Cooccurrence.LONGS * Long.BYTES;
        segments.add(
            channel
                .map(FileChannel.MapMode.READ_ONLY, from * Cooccurrence.LONGS * Long.BYTES, bytes)
                .order(ByteOrder.nativeOrder())
                .asLongBuffer());
      }
    }
  }

  /**
   * Shuffles counts; the seed and the order of the pairs decide that of the entries.
   *
   * @param pairs each once
   * @param parent folder in which a folder for files is made
   */
  public static Cooccurrences shuffled(Iterator<PairCount> pairs, GloveConfig config, Path parent) {
    return shuffled(pairs, config, parent, SEGMENT, Shuffle.MOST_BYTES);
  }

  /**
   * With pieces of these sizes.
   *
   * @param segment entries that are mapped at a time
   * @param mostBytes that are shuffled in memory at a time
   */
  static Cooccurrences shuffled(
      Iterator<PairCount> pairs, GloveConfig config, Path parent, int segment, int mostBytes) {
    Path folder = null;
    try {
      folder = Files.createTempDirectory(parent, "headwater-cooccurrences");
      Path file = folder.resolve("entries");
      new Shuffle(folder, config, mostBytes).write(pairs, file);
      return new Cooccurrences(folder, file, segment);
    } catch (IOException e) {
      discard(folder);
      throw new UncheckedIOException("Cannot write co-occurrences in " + parent, e);
    } catch (RuntimeException e) {
      discard(folder);
      throw e;
    }
  }

  private static void discard(Path folder) {
    if (folder != null) {
      delete(folder);
    }
  }

  /** Entries. */
  public long size() {
    return size;
  }

  /** Copies entries from {@code from} on, two longs each. */
  void read(long from, long[] into, int entries) {
    int done = 0;
    while (done < entries) {
      LongBuffer mapped = segments.get((int) ((from + done) / segment));
      int at = (int) ((from + done) % segment) * Cooccurrence.LONGS;
      int part = Math.min((entries - done) * Cooccurrence.LONGS, mapped.limit() - at);
      mapped.get(at, into, done * Cooccurrence.LONGS, part);
      done += part / Cooccurrence.LONGS;
    }
  }

  @Override
  public void close() {
    delete(folder);
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + folder, e);
    }
  }
}
