package io.headwater.model.word2vec;

import io.headwater.checkpoint.UserException;
import io.headwater.model.embedding.Rows;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.embedding.WordVectors;
import java.util.Optional;
import java.util.Random;

/**
 * The two matrices: a row per word that is the word's vector, and the rows that predict.
 *
 * @param input (words, dim)
 * @param output (words, dim) with negative sampling, (words - 1, dim) with hierarchical softmax
 */
public record Word2VecModel(Vocabulary vocabulary, Rows input, Rows output) {
  /** Vectors uniform in ±1/(2 dim), outputs zero, as in the original program. */
  public static Word2VecModel initial(Vocabulary vocabulary, Word2VecConfig config) {
    Rows input = new Rows(vocabulary.size(), config.dim());
    Random random = new Random(config.seed());
    float[] row = new float[config.dim()];
    for (int word = 0; word < vocabulary.size(); word++) {
      for (int d = 0; d < row.length; d++) {
        row[d] = (random.nextFloat() - 0.5f) / row.length;
      }
      input.set(word, row);
    }
    return new Word2VecModel(
        vocabulary, input, new Rows(outputRows(vocabulary, config.loss()), config.dim()));
  }

  /**
   * A model whose words may have rows already; other words begin as in a new one.
   *
   * @param outputs of the known words, taken along if they fit; none where they are not known
   * @throws UserException if the vectors have another length
   */
  public static Word2VecModel grown(
      Vocabulary vocabulary,
      Word2VecConfig config,
      WordVectors known,
      Optional<KnownOutputs> outputs) {
    if (known.dim() != config.dim()) {
      throw new UserException(
          "Cannot begin with vectors of "
              + known.dim()
              + " numbers: embedding.dim is "
              + config.dim());
    }
    Word2VecModel model = initial(vocabulary, config);
    for (int word = 0; word < vocabulary.size(); word++) {
      int id = known.id(vocabulary.word(word));
      if (id >= 0) {
        model.input.set(word, known.rows().row(id));
      }
    }
    outputs
        .filter(rows -> rows.fit(vocabulary, config.loss()))
        .ifPresent(rows -> rows.copyTo(model));
    return model;
  }

  /** Rows that predict: one per word, or one per inner node of the tree. */
  public static long outputRows(Vocabulary vocabulary, Word2VecConfig.Loss loss) {
    return loss == Word2VecConfig.Loss.NS ? vocabulary.size() : Math.max(1, vocabulary.size() - 1);
  }
}
