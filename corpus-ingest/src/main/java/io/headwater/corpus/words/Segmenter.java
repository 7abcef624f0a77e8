package io.headwater.corpus.words;

import java.util.List;

/** Cuts lines into words; one per thread. */
@FunctionalInterface
public interface Segmenter {
  /** The words of a line, in order, none of them empty or with a blank in it. */
  List<String> words(String line);
}
