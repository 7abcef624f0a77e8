package io.headwater.model.embedding;

import io.headwater.checkpoint.UserException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** How often some words stand near each other in a text, a sentence a line. */
public final class WordCompany {
  private static final double SMOOTHING = 0.5;

  private record Pair(String first, String second) {}

  private final Map<String, Long> counts = new HashMap<>();
  private final Map<Pair, Long> together = new HashMap<>();
  private long words;

  private WordCompany() {}

  /**
   * Reads a text once.
   *
   * @param among the words that count
   * @param window words to each side that are near
   * @param words of a line
   * @throws UserException if it cannot be read
   */
  public static WordCompany read(
      Path text, Set<String> among, int window, Function<String, List<String>> words) {
    WordCompany company = new WordCompany();
    try (BufferedReader lines = TextLines.open(text)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        company.add(words.apply(line), among, window);
      }
      return company;
    } catch (IOException e) {
      throw new UserException("Cannot read corpus " + text + ": " + e, e);
    }
  }

  private void add(List<String> sentence, Set<String> among, int window) {
    words += sentence.size();
    for (int i = 0; i < sentence.size(); i++) {
      String word = sentence.get(i);
      if (!among.contains(word)) {
        continue;
      }
      counts.merge(word, 1L, Long::sum);
      int end = Math.min(sentence.size(), i + window + 1);
      for (int j = Math.max(0, i - window); j < end; j++) {
        if (j != i && among.contains(sentence.get(j))) {
          together.merge(new Pair(word, sentence.get(j)), 1L, Long::sum);
        }
      }
    }
  }

  public boolean has(String word) {
    return counts.containsKey(word);
  }

  /**
   * Pointwise mutual information in bits of a word and a group of words: how much more often one of
   * these stands near it than frequencies make likely. Half an occurrence is added to each count;
   * rare words have few neighbours, so the group is counted as one.
   */
  public double information(String word, List<String> group) {
    double both = SMOOTHING;
    double other = SMOOTHING;
    for (String member : group) {
      both += together.getOrDefault(new Pair(word, member), 0L);
      other += counts.getOrDefault(member, 0L);
    }
    double one = counts.getOrDefault(word, 0L) + SMOOTHING;
    return Math.log(both * words / (one * other)) / Math.log(2);
  }
}
