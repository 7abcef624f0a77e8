package io.headwater.model.embedding;

import java.util.Optional;

/** Makes vectors of words that were not seen in training, where a model can. */
@FunctionalInterface
public interface UnseenWords {
  /** The vector of a word; empty if nothing is known of it. */
  Optional<float[]> vector(String word);
}
