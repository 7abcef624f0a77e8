package io.headwater.model.glove;

import io.headwater.checkpoint.UserException;
import io.headwater.model.embedding.Rows;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.embedding.WordVectors;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The matrices of a GloVe model, a row per word, whose last column is the word's bias.
 *
 * @param word (words, dim + 1)
 * @param context (words, dim + 1)
 * @param wordSquares sums of squared gradients of {@code word}, for AdaGrad
 * @param contextSquares those of {@code context}
 */
public record GloveModel(
    Vocabulary vocabulary, Rows word, Rows context, Rows wordSquares, Rows contextSquares) {
  /** Weights uniform in ±1/(2 dim), squares one, as in the original program. */
  public static GloveModel initial(Vocabulary vocabulary, GloveConfig config) {
    SplittableRandom random = new SplittableRandom(config.seed());
    int words = vocabulary.size();
    Rows word = random(words, config.dim(), random);
    Rows context = random(words, config.dim(), random);
    return new GloveModel(
        vocabulary,
        word,
        context,
        squares(words, config.dim() + 1),
        squares(words, config.dim() + 1));
  }

  /**
   * A model that has the rows, biases and squares of another's words; other words begin as in a new
   * one.
   *
   * @throws UserException if the vectors have another length
   */
  public static GloveModel grown(Vocabulary vocabulary, GloveConfig config, GloveModel known) {
    checkDim(known.word.width() - 1, config);
    GloveModel model = initial(vocabulary, config);
    for (int word = 0; word < vocabulary.size(); word++) {
      int id = known.vocabulary.id(vocabulary.word(word));
      if (id >= 0) {
        model.word.set(word, known.word.row(id));
        model.context.set(word, known.context.row(id));
        model.wordSquares.set(word, known.wordSquares.row(id));
        model.contextSquares.set(word, known.contextSquares.row(id));
      }
    }
    return model;
  }

  /**
   * A model whose words may have vectors already: half of one is in each matrix, without a bias.
   *
   * @throws UserException if the vectors have another length
   */
  public static GloveModel grown(Vocabulary vocabulary, GloveConfig config, WordVectors known) {
    checkDim(known.dim(), config);
    GloveModel model = initial(vocabulary, config);
    for (int word = 0; word < vocabulary.size(); word++) {
      int id = known.id(vocabulary.word(word));
      if (id >= 0) {
        float[] half = Arrays.copyOf(known.rows().row(id), config.dim() + 1);
        for (int d = 0; d < config.dim(); d++) {
          half[d] *= 0.5f;
        }
        model.word.set(word, half);
        model.context.set(word, half);
      }
    }
    return model;
  }

  GloveRows rows() {
    return new GloveRows(word, context, wordSquares, contextSquares);
  }

  private static void checkDim(int dim, GloveConfig config) {
    if (dim != config.dim()) {
      throw new UserException(
          "Cannot begin with vectors of " + dim + " numbers: embedding.dim is " + config.dim());
    }
  }

  /** The sum of a word's two rows, without biases. */
  public WordVectors vectors() {
    return sum(vocabulary.words(), word, context);
  }

  static WordVectors sum(List<String> words, Rows word, Rows context) {
    int dim = word.width() - 1;
    Rows sums = new Rows(words.size(), dim);
    for (int id = 0; id < words.size(); id++) {
      float[] sum = Arrays.copyOf(word.row(id), dim);
      float[] other = context.row(id);
      for (int d = 0; d < dim; d++) {
        sum[d] += other[d];
      }
      sums.set(id, sum);
    }
    return new WordVectors(words, sums);
  }

  /** All ones, also in the padding: nothing is divided by the root of zero. */
  static Rows squares(long count, int width) {
    Rows rows = new Rows(count, width);
    for (long row = 0; row < count; row++) {
      int at = rows.offset(row);
      Arrays.fill(rows.block(row), at, at + rows.stride(), 1);
    }
    return rows;
  }

  private static Rows random(int count, int dim, SplittableRandom random) {
    Rows rows = new Rows(count, dim + 1);
    float[] row = new float[dim + 1];
    for (int at = 0; at < count; at++) {
      draw(row, random);
      rows.set(at, row);
    }
    return rows;
  }

  /** The weights and the bias that a row begins with. */
  static void draw(float[] row, SplittableRandom random) {
    int dim = row.length - 1;
    for (int d = 0; d < row.length; d++) {
      row[d] = (float) ((random.nextDouble() - 0.5) / dim);
    }
  }
}
