package io.headwater.model.glove;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.model.embedding.WordSequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CooccurrenceCounterTest {
  private static final int END = WordSequence.SENTENCE_END;
  private static final GloveConfig CONFIG = new GloveConfig(10, 3, 2, 0.75, 0.05, 1, 1, 5);

  @TempDir private Path folder;

  @Test
  void wordsCountByTheirDistanceWithinASentence() throws IOException {
    Map<Long, Float> counts = count(WordSequence.of(0, 1, 2, 0, 3, END, 1, 0, END), 1 << 20);

    // 0 1 at distances 1 and 2, then 1; 0 0 at 3 from both sides; 0 3 at 1 alone, as 4 is too far.
    assertThat(counts.get(key(0, 1))).isCloseTo(2.5f, within(1e-6f));
    assertThat(counts.get(key(1, 0))).isCloseTo(2.5f, within(1e-6f));
    assertThat(counts.get(key(0, 0))).isCloseTo(2f / 3, within(1e-6f));
    assertThat(counts.get(key(0, 3))).isCloseTo(1f, within(1e-6f));
    assertThat(counts).doesNotContainKey(key(3, 3)).hasSize(13);
  }

  @ParameterizedTest
  @ValueSource(longs = {100_000, 1 << 16})
  void memoryAndPartsDoNotChangeABit(long memory) {
    int[] ids = new Random(1).ints(60_000, -1, 300).toArray();
    int cut = 30_000;
    while (ids[cut - 1] != END) {
      cut++;
    }
    List<WordSequence> parts =
        List.of(
            WordSequence.of(Arrays.copyOfRange(ids, cut, ids.length)),
            WordSequence.of(Arrays.copyOf(ids, cut)));

    Map<Long, Long> whole =
        Counting.sums(List.of(WordSequence.of(ids)).iterator(), CONFIG, 1L << 30);

    assertThat(Counting.sums(parts.iterator(), CONFIG, memory)).isEqualTo(whole);
    assertThat(whole).hasSizeGreaterThan(25_000);
    try (Cooccurrences little = counted(WordSequence.of(ids), memory);
        Cooccurrences much = counted(WordSequence.of(ids), 1L << 30)) {
      assertThat(all(little)).isEqualTo(all(much));
    }
  }

  @Test
  void theSameSeedGivesTheSameOrder() {
    int[] ids = new Random(1).ints(5_000, -1, 50).toArray();
    try (Cooccurrences first = counted(WordSequence.of(ids), 100_000);
        Cooccurrences second = counted(WordSequence.of(ids), 100_000)) {
      assertThat(first.size()).isEqualTo(second.size());
      assertThat(all(first)).isEqualTo(all(second)).isNotEqualTo(sorted(all(first)));
    }
  }

  @Test
  void entriesAreReadAcrossTheEndsOfMappedPieces() {
    WordSequence corpus = WordSequence.of(new Random(1).ints(5_000, -1, 50).toArray());
    try (Cooccurrences whole = counted(corpus, 1 << 20);
        Cooccurrences pieces = Counting.shuffled(corpus, CONFIG, 1 << 20, folder, 100, 1 << 20)) {
      assertThat(pieces.size()).isGreaterThan(2000);
      assertThat(all(pieces)).isEqualTo(all(whole));
      long[] across = new long[2 * 150];
      pieces.read(90, across, 150);
      assertThat(across).isEqualTo(Arrays.copyOfRange(all(whole), 2 * 90, 2 * 240));
    }
  }

  /** Parts have some ten entries; for the fullest memory is too small. */
  @Test
  void partsThatDoNotFitInMemoryAreShuffledInPartsOfTheirOwn() throws IOException {
    WordSequence corpus = WordSequence.of(new Random(1).ints(5_000, -1, 50).toArray());
    try (Cooccurrences much = counted(corpus, 1 << 20);
        Cooccurrences little = Counting.shuffled(corpus, CONFIG, 1 << 20, folder, 1 << 20, 256)) {
      assertThat(all(little)).isNotEqualTo(all(much));
      assertThat(sorted(all(little))).isEqualTo(sorted(all(much))).isNotEqualTo(all(little));
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void nothingIsLeftOnDisk() throws IOException {
    counted(WordSequence.of(new Random(1).ints(50_000, -1, 300).toArray()), 1 << 16).close();

    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  private Map<Long, Float> count(WordSequence corpus, long memory) throws IOException {
    Map<Long, Float> counts = new HashMap<>();
    try (Cooccurrences counted = counted(corpus, memory)) {
      long[] entries = all(counted);
      for (int e = 0; e < entries.length; e += 2) {
        float count = (float) Math.exp(Cooccurrence.logarithm(entries[e + 1]));
        assertThat(counts.put(entries[e], count)).as("an entry comes once").isNull();
        assertThat(Cooccurrence.weight(entries[e + 1]))
            .isCloseTo((float) Math.min(1, Math.pow(count / 2, 0.75)), within(1e-5f));
      }
    }
    return counts;
  }

  private Cooccurrences counted(WordSequence corpus, long memory) {
    return Counting.shuffled(corpus, CONFIG, memory, folder);
  }

  private static long[] all(Cooccurrences counted) {
    long[] entries = new long[2 * (int) counted.size()];
    counted.read(0, entries, (int) counted.size());
    return entries;
  }

  private static long[] sorted(long[] entries) {
    long[] sorted = new long[entries.length];
    Integer[] order = new Integer[entries.length / 2];
    for (int e = 0; e < order.length; e++) {
      order[e] = e;
    }
    Arrays.sort(order, (a, b) -> Long.compare(entries[2 * a], entries[2 * b]));
    for (int e = 0; e < order.length; e++) {
      sorted[2 * e] = entries[2 * order[e]];
      sorted[2 * e + 1] = entries[2 * order[e] + 1];
    }
    return sorted;
  }

  private static long key(int word, int context) {
    return ((long) word << 32) | context;
  }
}
