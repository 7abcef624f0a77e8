package io.headwater.model.fasttext;

import io.headwater.model.word2vec.Word2VecConfig;
import io.headwater.model.word2vec.Word2VecConfig.Algorithm;
import io.headwater.model.word2vec.Word2VecConfig.Loss;
import java.util.Objects;

/**
 * What a fastText file tells of how its model was trained.
 *
 * @param dim columns of both matrices
 * @param window words to each side at most
 * @param epochs passes over the corpus
 * @param minCount occurrences that a word must have
 * @param negative words drawn against each centre
 * @param sample frequency above which occurrences were left out at random
 */
public record FastTextSettings(
    Algorithm algorithm,
    Loss loss,
    int dim,
    int window,
    int epochs,
    long minCount,
    int negative,
    double sample,
    Subwords subwords) {
  public FastTextSettings {
    Objects.requireNonNull(algorithm, "algorithm");
    Objects.requireNonNull(loss, "loss");
    Objects.requireNonNull(subwords, "subwords");
    if (dim < 1 || dim > 4096) {
      throw new IllegalArgumentException(
          "Cannot describe a fastText model: dim is " + dim + " (must be in [1, 4096])");
    }
  }

  /** Those of a training. */
  public static FastTextSettings of(Word2VecConfig config, long minCount, Subwords subwords) {
    return new FastTextSettings(
        config.algorithm(),
        config.loss(),
        config.dim(),
        config.window(),
        config.epochs(),
        minCount,
        config.negative(),
        config.sample(),
        subwords);
  }
}
