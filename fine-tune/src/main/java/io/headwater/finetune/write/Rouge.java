package io.headwater.finetune.write;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleBiFunction;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * ROUGE (Lin 2004): mean F1 over texts of what they share with their references, as the {@code
 * rouge-score} package computes it without stemming. Words are runs of letters and digits in lower
 * case, of any script; that package knows only ASCII.
 */
final class Rouge {
  private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{M}\\p{N}]+");

  private Rouge() {}

  /** ROUGE-N: sequences of {@code order} words. */
  static double shared(int order, List<String> written, List<String> references) {
    return mean(
        written,
        references,
        (words, reference) -> {
          NGrams found = NGrams.of(words, order);
          NGrams wanted = NGrams.of(reference, order);
          return f1(found.among(wanted), found.total(), wanted.total());
        });
  }

  /** ROUGE-L: the longest common subsequence of words. */
  static double longest(List<String> written, List<String> references) {
    return mean(
        written,
        references,
        (words, reference) -> f1(longestCommon(words, reference), words.size(), reference.size()));
  }

  private static double mean(
      List<String> written,
      List<String> references,
      ToDoubleBiFunction<List<String>, List<String>> score) {
    return IntStream.range(0, written.size())
        .mapToDouble(i -> score.applyAsDouble(words(written.get(i)), words(references.get(i))))
        .average()
        .orElse(0);
  }

  private static List<String> words(String text) {
    return BETWEEN_WORDS
        .splitAsStream(text.toLowerCase(Locale.ROOT))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  private static double f1(int shared, int found, int wanted) {
    return shared == 0 ? 0 : 2.0 * shared / (found + wanted);
  }

  private static int longestCommon(List<String> one, List<String> other) {
    int[] row = new int[other.size() + 1];
    for (String word : one) {
      int diagonal = 0;
      for (int j = 1; j < row.length; j++) {
        int above = row[j];
        row[j] = word.equals(other.get(j - 1)) ? diagonal + 1 : Math.max(above, row[j - 1]);
        diagonal = above;
      }
    }
    return row[other.size()];
  }
}
