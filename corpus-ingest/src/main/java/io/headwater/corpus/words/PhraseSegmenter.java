package io.headwater.corpus.words;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Joins words that are known as one, from left to right, as many as make one: {@code new_york_city}
 * goes before {@code new_york}.
 */
final class PhraseSegmenter implements Segmenter {
  private final Segmenter segmenter;
  private final Set<String> phrases;
  private final Set<String> beginnings = new HashSet<>(); // up to each joint

  PhraseSegmenter(Segmenter segmenter, Set<String> phrases) {
    this.segmenter = segmenter;
    this.phrases = phrases;
    for (String phrase : phrases) {
      for (int at = phrase.indexOf(JOINT); at >= 0; at = phrase.indexOf(JOINT, at + 1)) {
        beginnings.add(phrase.substring(0, at));
      }
    }
  }

  @Override
  public List<String> words(String line) {
    List<String> words = segmenter.words(line);
    List<String> joined = new ArrayList<>(words.size());
    for (int at = 0; at < words.size(); ) {
      int count = longest(words.subList(at, words.size()));
      joined.add(String.join(String.valueOf(JOINT), words.subList(at, at + count)));
      at += count;
    }
    return joined;
  }

  /** Words at the beginning that are one; 1 if no more are. */
  private int longest(List<String> words) {
    int longest = 1;
    String text = words.get(0);
    for (int count = 2; count <= words.size() && beginnings.contains(text); count++) {
      text += JOINT + words.get(count - 1);
      longest = phrases.contains(text) ? count : longest;
    }
    return longest;
  }
}
