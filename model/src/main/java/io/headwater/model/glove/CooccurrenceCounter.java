package io.headwater.model.glove;

import io.headwater.model.embedding.WordSequence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/**
 * Counts how often words meet within a window of a sentence: words at distance d count 1/d, in
 * double precision. What does not fit in memory goes to sorted runs on disk.
 */
public final class CooccurrenceCounter {
  private static final int BLOCK = 1 << 14;

  /** Of the table: a key and a sum a slot, and the sorted keys of three quarters of them. */
  private static final long BYTES_PER_SLOT = 22;

  private static final long REPORT = 1 << 20;

  private final GloveConfig config;
  private final long memoryBytes;
  private final int mostSlots;

  /**
   * Makes a counter.
   *
   * @param memoryBytes what counting and shuffling may take at a time
   */
  public CooccurrenceCounter(GloveConfig config, long memoryBytes) {
    this.config = config;
    this.memoryBytes = memoryBytes;
    this.mostSlots =
        (int) Long.highestOneBit(Math.min(1L << 30, Math.max(1, memoryBytes / BYTES_PER_SLOT)));
  }

  /**
   * Counts and shuffles.
   *
   * @param parent folder in which a folder for files is made
   * @param progress is told how many elements of the corpus are counted
   */
  public Cooccurrences count(WordSequence corpus, Path parent, LongConsumer progress) {
    Path folder = null;
    try {
      folder = Files.createTempDirectory(parent, "headwater-cooccurrences");
      SortedRuns runs = runs(corpus, folder, progress);
      Path file = folder.resolve("entries");
      new Shuffle(folder, config, memoryBytes).write(runs, file);
      return new Cooccurrences(folder, file);
    } catch (IOException e) {
      if (folder != null) {
        Cooccurrences.delete(folder);
      }
      throw new UncheckedIOException("Cannot count co-occurrences in " + parent, e);
    }
  }

  private SortedRuns runs(WordSequence corpus, Path folder, LongConsumer progress)
      throws IOException {
    PairTable table = new PairTable(mostSlots);
    SortedRuns runs = new SortedRuns(folder);
    int[] before = new int[config.window()]; // a ring of the words of this sentence
    long position = 0;
    int[] block = new int[BLOCK];
    for (long from = 0; from < corpus.length(); from += BLOCK) {
      int length = (int) Math.min(BLOCK, corpus.length() - from);
      corpus.read(from, block, 0, length);
      for (int at = 0; at < length; at++) {
        if (block[at] == WordSequence.SENTENCE_END) {
          position = 0;
          continue;
        }
        int reach = (int) Math.min(position, config.window());
        for (int distance = 1; distance <= reach; distance++) {
          if (!table.hasRoom()) {
            runs.add(table);
            table.clear();
          }
          int other = before[(int) ((position - distance) % before.length)];
          table.add(PairTable.key(other, block[at]), 1.0 / distance);
        }
        before[(int) (position++ % before.length)] = block[at];
      }
      if ((from + length) / REPORT > from / REPORT) {
        progress.accept(from + length);
      }
    }
    if (!table.isEmpty()) {
      runs.add(table);
    }
    return runs;
  }
}
