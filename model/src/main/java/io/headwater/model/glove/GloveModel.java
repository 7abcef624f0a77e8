package io.headwater.model.glove;

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
      for (int d = 0; d < row.length; d++) {
        row[d] = (float) ((random.nextDouble() - 0.5) / dim);
      }
      rows.set(at, row);
    }
    return rows;
  }
}
