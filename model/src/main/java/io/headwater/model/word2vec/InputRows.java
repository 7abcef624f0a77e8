package io.headwater.model.word2vec;

/** The rows of the input matrix whose mean is a word's vector, where it is not the word's alone. */
public interface InputRows {
  /** The rows of a word, one at least; not to be changed. */
  int[] of(int word);

  /** The most rows that a word has. */
  int most();
}
