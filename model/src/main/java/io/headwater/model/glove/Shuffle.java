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
import java.util.List;
import java.util.SplittableRandom;

/**
 * Puts entries into an order drawn at random with little memory: each goes to a part drawn for it,
 * then each part, which fits, is shuffled. Every order of all entries is as likely as any other.
 */
final class Shuffle {
  private static final int ENTRY = Cooccurrences.LONGS * Long.BYTES;
  private static final int BUFFER = 1 << 16;

  /** Parts are larger than the mean now and then. */
  private static final double ROOM = 0.5;

  private final Path folder;
  private final GloveConfig config;
  private final long memoryBytes;
  private final SplittableRandom random;

  Shuffle(Path folder, GloveConfig config, long memoryBytes) {
    this.folder = folder;
    this.config = config;
    this.memoryBytes = Math.min(memoryBytes, Integer.MAX_VALUE);
    this.random = new SplittableRandom(config.seed());
  }

  /** Writes both orders of every pair. */
  void write(SortedRuns runs, Path file) throws IOException {
    int count = (int) (1 + 2 * runs.entries() * ENTRY / (memoryBytes * ROOM));
    List<Path> parts = new ArrayList<>();
    for (int part = 0; part < count; part++) {
      parts.add(folder.resolve("part-" + part));
    }
    scatter(runs, parts);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER)) {
      for (Path part : parts) {
        byte[] bytes = Files.readAllBytes(part);
        Files.delete(part);
        shuffle(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asLongBuffer());
        out.write(bytes);
      }
    }
  }

  private void scatter(SortedRuns runs, List<Path> parts) throws IOException {
    List<OutputStream> open = new ArrayList<>();
    try {
      for (Path part : parts) {
        open.add(new BufferedOutputStream(Files.newOutputStream(part), BUFFER));
      }
      ByteBuffer entry = ByteBuffer.allocate(ENTRY).order(ByteOrder.nativeOrder());
      runs.merge(
          (key, sum) -> {
            long swapped = Long.rotateLeft(key, 32);
            // A word that meets itself does so from both sides, as in the original program.
            long second = Cooccurrences.second(swapped == key ? 2 * sum : sum, config);
            put(open, entry, key, second);
            if (swapped != key) {
              put(open, entry, swapped, second);
            }
          });
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
