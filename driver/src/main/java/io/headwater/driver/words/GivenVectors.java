package io.headwater.driver.words;

import io.headwater.checkpoint.BlockSource;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.embedding.Vocabulary;
import java.util.Map;
import java.util.Set;

/** Word vectors that a run begins with: their words keep them, new words join. */
interface GivenVectors {
  /** A model ready to be written as a checkpoint, as {@link EmbeddingTraining} has them. */
  record Weights(
      TensorLayout layout, BlockSource weights, Map<String, BlockSource> optimizerState) {}

  Set<String> words();

  /**
   * The model to begin with.
   *
   * @param vocabulary of the run, with all of {@link #words()}
   * @throws io.headwater.checkpoint.UserException if the vectors do not fit the configuration
   */
  Weights grown(Vocabulary vocabulary);
}
