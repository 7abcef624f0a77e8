package io.headwater.driver.config;

import java.util.Collection;
import java.util.Comparator;

/** Levenshtein's distance: how many letters to insert, delete or replace. */
final class EditDistance {
  private EditDistance() {}

  /** The candidate nearest to a mistyped key; of a key without its group, that of the last part. */
  static String nearest(String key, Collection<String> candidates) {
    return candidates.stream()
        .min(Comparator.comparingInt(candidate -> distance(key, candidate)))
        .orElseThrow();
  }

  private static int distance(String key, String candidate) {
    int whole = between(key, candidate);
    int lastPart = between(key, candidate.substring(candidate.lastIndexOf('.') + 1)) + 1;
    return Math.min(whole, lastPart);
  }

  static int between(String left, String right) {
    int[] previous = new int[right.length() + 1];
    for (int j = 0; j <= right.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int[] current = new int[right.length() + 1];
      current[0] = i;
      for (int j = 1; j <= right.length(); j++) {
        int replaced = previous[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[right.length()];
  }
}
