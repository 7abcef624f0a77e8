package io.headwater.model.glove;

import java.io.BufferedOutputStream;
import java.io.IOException;
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

/**
 * Puts entries into an order drawn at random with little memory: each goes to a part drawn for it,
 * then each part, which fits, is shuffled. Every order of all entries is as likely as any other.
 */
final class Shuffle {
  private static final int ENTRY = Cooccurrences.LONGS * Long.BYTES;
  private static final int BUFFER = 1 << 16;

  /** One is in memory at a time: with a thousand million entries 62 MB. */
  private static final int PARTS = 256;

  private final Path folder;
  private final GloveConfig config;
  private final SplittableRandom random;

  Shuffle(Path folder, GloveConfig config) {
    this.folder = folder;
    this.config = config;
    this.random = new SplittableRandom(config.seed());
  }

  /**
   * Writes both orders of every pair.
   *
   * @param pairs each once, in an order on which that of the entries depends
   */
  void write(Iterator<PairCount> pairs, Path file) throws IOException {
    List<Path> parts = new ArrayList<>();
    for (int part = 0; part < PARTS; part++) {
      parts.add(folder.resolve("part-" + part));
    }
    scatter(pairs, parts);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER)) {
      for (Path part : parts) {
        byte[] bytes = Files.readAllBytes(part);
        Files.delete(part);
        shuffle(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asLongBuffer());
        out.write(bytes);
      }
    }
  }

  private void scatter(Iterator<PairCount> pairs, List<Path> parts) throws IOException {
    List<OutputStream> open = new ArrayList<>();
    try {
      for (Path part : parts) {
        open.add(new BufferedOutputStream(Files.newOutputStream(part), BUFFER));
      }
      ByteBuffer entry = ByteBuffer.allocate(ENTRY).order(ByteOrder.nativeOrder());
      while (pairs.hasNext()) {
        PairCount pair = pairs.next();
        long swapped = Long.rotateLeft(pair.key(), 32);
        boolean self = swapped == pair.key();
        double count = (double) pair.count() / CooccurrenceCounter.ONE;
        // A word that meets itself does so from both sides, as in the original program.
        long second = Cooccurrences.second(self ? 2 * count : count, config);
        put(open, entry, pair.key(), second);
        if (!self) {
          put(open, entry, swapped, second);
        }
      }
    } finally {
      for (OutputStream part : open) {
        part.close();
      }
    }
  }

  private void put(List<OutputStream> parts, ByteBuffer entry, long key, long second)
      throws IOException {
    entry.putLong(0, key).putLong(Long.BYTES, second);
    parts.get(random.nextInt(parts.size())).write(entry.array());
  }

  private void shuffle(LongBuffer entries) {
    for (int last = entries.limit() / Cooccurrences.LONGS - 1; last > 0; last--) {
      int other = random.nextInt(last + 1);
      for (int half = 0; half < Cooccurrences.LONGS; half++) {
        int a = last * Cooccurrences.LONGS + half;
        int b = other * Cooccurrences.LONGS + half;
        long moved = entries.get(a);
        entries.put(a, entries.get(b)).put(b, moved);
      }
    }
  }
}
