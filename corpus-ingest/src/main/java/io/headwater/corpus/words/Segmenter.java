package io.headwater.corpus.words;

import java.util.List;
import java.util.Set;

/** Cuts lines into words; one per thread. */
@FunctionalInterface
public interface Segmenter {
  /** Between words that are one. */
  char JOINT = '_';

  /** The words of a line, in order, none of them empty or with a blank in it. */
  List<String> words(String line);

  /** One that also joins words which are known as one. */
  default Segmenter joining(Set<String> phrases) {
    return phrases.isEmpty() ? this : new PhraseSegmenter(this, phrases);
  }

  /** Whether a word may be several. */
  static boolean isJoined(String word) {
    int joint = word.indexOf(JOINT, 1);
    return joint > 0 && joint < word.length() - 1;
  }
}
