package io.headwater.model.glove;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Puts entries into an order drawn at random with little memory: each goes to a part drawn for it,
 * then each part is shuffled, in memory if it fits, else in parts of its own. Every order of all
 * entries is as likely as any other.
 */
final class Shuffle {
  private static final int ENTRY = Cooccurrence.LONGS * Long.BYTES;
  private static final int BUFFER = 1 << 16;

  private static final int PARTS = 256;

  /** Of a part in memory; 256 such parts are four thousand million entries. */
  static final int MOST_BYTES = 1 << 28;

  private final Path folder;
  private final GloveConfig config;
  private final int mostBytes;
  private final SplittableRandom random;

  /**
   * @param folder for parts
   * @param mostBytes that are shuffled in memory at a time
   */
  Shuffle(Path folder, GloveConfig config, int mostBytes) {
    this.folder = folder;
    this.mostBytes = mostBytes;
    this.config = config;
    this.random = new SplittableRandom(config.seed());
  }

  /**
   * Writes both orders of every pair.
   *
   * @param pairs each once, in an order on which that of the entries depends
   */
  void write(Iterator<PairCount> pairs, Path file) throws IOException {
    List<Path> parts = parts(folder.resolve("part"));
    scatter(parts, each -> entries(pairs, each));
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER)) {
      gather(parts, out);
    }
  }

  private static List<Path> parts(Path name) {
    return IntStream.range(0, PARTS)
        .mapToObj(part -> name.resolveSibling(name.getFileName() + "-" + part))
        .toList();
  }

  private void gather(List<Path> parts, OutputStream out) throws IOException {
    for (Path part : parts) {
      if (Files.size(part) > mostBytes) {
        List<Path> smaller = parts(part);
        scatter(smaller, each -> entries(part, each));
        Files.delete(part);
        gather(smaller, out);
      } else {
        byte[] bytes = Files.readAllBytes(part);
        Files.delete(part);
        shuffle(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asLongBuffer());
        out.write(bytes);
      }
    }
  }

  /** Is given entries, one at a time. */
  private interface Sink {
    void put(ByteBuffer entry) throws IOException;
  }

  private interface Source {
    void giveTo(Sink sink) throws IOException;
  }

  /** Writes each entry to a part that is drawn for it. */
  private void scatter(List<Path> parts, Source entries) throws IOException {
    List<OutputStream> open = new ArrayList<>();
    try {
      for (Path part : parts) {
        open.add(new BufferedOutputStream(Files.newOutputStream(part), BUFFER));
      }
      entries.giveTo(entry -> open.get(random.nextInt(PARTS)).write(entry.array()));
    } finally {
      for (OutputStream part : open) {
        part.close();
      }
    }
  }

  private void entries(Iterator<PairCount> pairs, Sink sink) throws IOException {
    ByteBuffer entry = ByteBuffer.allocate(ENTRY).order(ByteOrder.nativeOrder());
    while (pairs.hasNext()) {
      for (Cooccurrence put : Cooccurrence.of(pairs.next(), config)) {
        sink.put(entry.putLong(0, put.pair()).putLong(Long.BYTES, put.target()));
      }
    }
  }

  private static void entries(Path part, Sink sink) throws IOException {
    ByteBuffer entry = ByteBuffer.allocate(ENTRY);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(part), BUFFER)) {
      while (in.readNBytes(entry.array(), 0, ENTRY) == ENTRY) {
        sink.put(entry);
      }
    }
  }

  private void shuffle(LongBuffer entries) {
    for (int last = entries.limit() / Cooccurrence.LONGS - 1; last > 0; last--) {
      int other = random.nextInt(last + 1);
      for (int half = 0; half < Cooccurrence.LONGS; half++) {
        int a = last * Cooccurrence.LONGS + half;
        int b = other * Cooccurrence.LONGS + half;
        long moved = entries.get(a);
        entries.put(a, entries.get(b)).put(b, moved);
      }
    }
  }
}
