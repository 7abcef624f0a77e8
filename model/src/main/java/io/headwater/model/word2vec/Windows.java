package io.headwater.model.word2vec;

import io.headwater.model.embedding.Rows;
import java.util.Optional;

/** What the windows of a sentence are turned into; one per thread. */
interface Windows {
  /**
   * As the configuration has it.
   *
   * @param subwords where a word's vector is the mean of several rows
   */
  static Windows of(
      Word2VecConfig config,
      Rows in,
      Optional<InputRows> subwords,
      Minibatch minibatch,
      Kernel kernel,
      Draws draws) {
    return subwords
        .<Windows>map(rows -> new SubwordWindows(config, in, rows, minibatch, kernel, draws))
        .orElseGet(() -> new WordWindows(config, in, minibatch, kernel, draws));
  }

  /** Room for the means that these take. */
  static Rows hidden(Word2VecConfig config) {
    return new Rows(2L * (2 * config.window() + 1), config.dim());
  }

  /**
   * Trains on a sentence.
   *
   * @return centres that had a word beside them
   */
  int train(int[] sentence, int length, float rate);
}
