package io.headwater.model.glove;

import io.headwater.model.embedding.WordSequence;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;

/** Adds up in memory what a cluster adds up where a text is large. */
final class Counting {
  private Counting() {}

  static Cooccurrences shuffled(WordSequence corpus, GloveConfig config, long memory, Path folder) {
    return Cooccurrences.shuffled(pairs(corpus, config, memory), config, folder);
  }

  /** With pieces of these sizes. */
  static Cooccurrences shuffled(
      WordSequence corpus,
      GloveConfig config,
      long memory,
      Path folder,
      int segment,
      int mostBytes) {
    return Cooccurrences.shuffled(
        pairs(corpus, config, memory), config, folder, segment, mostBytes);
  }

  private static Iterator<PairCount> pairs(WordSequence corpus, GloveConfig config, long memory) {
    return sums(List.of(corpus).iterator(), config, memory).entrySet().stream()
        .map(sum -> new PairCount(sum.getKey(), sum.getValue()))
        .iterator();
  }

  /** By key, in its order. */
  static TreeMap<Long, Long> sums(Iterator<WordSequence> parts, GloveConfig config, long memory) {
    TreeMap<Long, Long> sums = new TreeMap<>();
    while (parts.hasNext()) {
      Iterator<int[]> whole = List.of(elements(parts.next())).iterator();
      new CooccurrenceCounter(whole, config.window(), memory)
          .forEachRemaining(pair -> sums.merge(pair.key(), pair.count(), Math::addExact));
    }
    return sums;
  }

  private static int[] elements(WordSequence corpus) {
    int[] elements = new int[(int) corpus.length()];
    corpus.read(0, elements, 0, elements.length);
    return elements;
  }
}
