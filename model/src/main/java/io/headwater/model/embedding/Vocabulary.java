package io.headwater.model.embedding;

import io.headwater.checkpoint.UserException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;

/** Words and how often each occurs, the most frequent first; equal counts by the word itself. */
public final class Vocabulary implements Serializable {
  private static final long serialVersionUID = 1;

  private final String[] words;
  private final long[] counts;
  private final HashMap<String, Integer> ids;
  private final long total;

  private Vocabulary(String[] words, long[] counts) {
    this.words = words;
    this.counts = counts;
    this.total = Arrays.stream(counts).sum();
    this.ids = new HashMap<>(words.length * 2);
    for (int id = 0; id < words.length; id++) {
      ids.put(words[id], id);
    }
  }

  /** One word and its occurrences. */
  public record Count(String word, long occurrences) {}

  /**
   * Of words that occur at least {@code minCount} times.
   *
   * @throws UserException if there is no such word
   */
  public static Vocabulary of(List<Count> counted, long minCount) {
    List<Count> kept =
        counted.stream()
            .filter(count -> count.occurrences() >= minCount)
            .sorted(
                Comparator.comparingLong(Count::occurrences).reversed().thenComparing(Count::word))
            .toList();
    if (kept.isEmpty()) {
      throw new UserException(
          "Cannot make a vocabulary: none of "
              + counted.size()
              + " words occurs "
              + minCount
              + " times (embedding.min-count)");
    }
    return new Vocabulary(
        kept.stream().map(Count::word).toArray(String[]::new),
        kept.stream().mapToLong(Count::occurrences).toArray());
  }

  /** Of these words in this order. */
  public static Vocabulary ordered(List<Count> counts) {
    return new Vocabulary(
        counts.stream().map(Count::word).toArray(String[]::new),
        counts.stream().mapToLong(Count::occurrences).toArray());
  }

  public int size() {
    return words.length;
  }

  public String word(int id) {
    return words[id];
  }

  public List<String> words() {
    return List.of(words);
  }

  public long count(int id) {
    return counts[id];
  }

  /** Occurrences of all words. */
  public long total() {
    return total;
  }

  /** The word's number, or -1. */
  public int id(String word) {
    return ids.getOrDefault(word, -1);
  }
}
