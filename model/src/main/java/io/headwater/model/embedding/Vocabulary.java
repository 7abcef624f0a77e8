package io.headwater.model.embedding;

import io.headwater.checkpoint.UserException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

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
    return of(counted, minCount, Set.of());
  }

  /**
   * Of words that occur at least {@code minCount} times, and of known ones, however seldom they
   * occur.
   *
   * @throws UserException if none of them occurs
   */
  public static Vocabulary of(List<Count> counted, long minCount, Set<String> known) {
    Set<String> unseen = new HashSet<>(known);
    counted.forEach(count -> unseen.remove(count.word()));
    List<Count> kept =
        Stream.concat(
                counted.stream()
                    .filter(
                        count -> count.occurrences() >= minCount || known.contains(count.word())),
                unseen.stream().map(word -> new Count(word, 0)))
            .sorted(
                Comparator.comparingLong(Count::occurrences).reversed().thenComparing(Count::word))
            .toList();
    if (kept.isEmpty() || kept.get(0).occurrences() == 0) {
      throw new UserException(
          "Cannot make a vocabulary: none of "
              + counted.size()
              + " words occurs "
              + minCount
              + " times (embedding.min-count)");
    }
    return ordered(kept);
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
