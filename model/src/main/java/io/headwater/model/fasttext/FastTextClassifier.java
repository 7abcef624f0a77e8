package io.headwater.model.fasttext;

import io.headwater.model.embedding.HuffmanTree;
import io.headwater.model.embedding.Rows;
import io.headwater.model.embedding.Vocabulary;
import java.util.List;

/**
 * A classifier of texts: the mean of the rows of a text's words and n-grams, and a linear head
 * (Joulin et al., 2016, arXiv:1607.01759).
 *
 * @param words of the input rows
 * @param labels in falling order of their counts
 * @param input (words + buckets, dim)
 * @param output (labels, dim); with a tree (labels - 1, dim), at least one row
 */
public record FastTextClassifier(
    ClassifierSettings settings, Vocabulary words, Vocabulary labels, Rows input, Rows output) {
  public FastTextClassifier {
    long rows = words.size() + (long) settings.subwords().buckets();
    if (input.count() != rows || output.count() != outputRows(settings.loss(), labels)) {
      throw new IllegalArgumentException(
          "Cannot make a classifier of %d words and buckets and %d labels of matrices of %d and %d rows"
              .formatted(rows, labels.size(), input.count(), output.count()));
    }
  }

  /** A classifier that has not learnt anything: its head is zero. */
  public static FastTextClassifier untrained(
      ClassifierSettings settings, ClassifierInput input, Vocabulary labels) {
    return new FastTextClassifier(
        settings,
        input.words(),
        labels,
        input.rows(),
        new Rows(outputRows(settings.loss(), labels), settings.dim()));
  }

  /** Rows of the head. */
  static long outputRows(ClassifierSettings.Loss loss, Vocabulary labels) {
    return loss == ClassifierSettings.Loss.HS ? Math.max(1, labels.size() - 1) : labels.size();
  }

  /** The rows of texts, which are what the classifier is trained on and asked for. */
  public int[][] features(List<List<String>> texts) {
    TextFeatures features = new TextFeatures(words, settings.subwords(), settings.wordNgrams());
    return texts.stream().map(features::of).toArray(int[][]::new);
  }

  /**
   * The logarithm of each label's probability, as the original program has it: with negative
   * sampling they do not add up to one.
   *
   * @param features of each text
   * @return (texts, labels)
   */
  public float[][] logProbabilities(int[][] features) {
    HuffmanTree tree = new HuffmanTree(labels);
    float[][] logs = new float[features.length][];
    for (int text = 0; text < logs.length; text++) {
      float[] scores = scores(mean(features[text]));
      logs[text] =
          switch (settings.loss()) {
            case SOFTMAX -> logSoftmax(scores);
            case NS -> logSigmoids(scores);
            case HS -> along(tree, scores);
          };
    }
    return logs;
  }

  /** The product of each output row with a hidden vector. */
  float[] scores(float[] hidden) {
    float[] scores = new float[(int) output.count()];
    for (int row = 0; row < scores.length; row++) {
      scores[row] = product(row, hidden);
    }
    return scores;
  }

  private float[] along(HuffmanTree tree, float[] scores) {
    float[] logs = new float[labels.size()];
    for (int label = 0; label < logs.length; label++) {
      int[] nodes = tree.nodes(label);
      for (int bit = 0; bit < nodes.length; bit++) {
        float score = scores[nodes[bit]];
        logs[label] += logSigmoid(tree.second(label)[bit] ? score : -score);
      }
    }
    return logs;
  }

  private static float[] logSigmoids(float[] scores) {
    float[] logs = new float[scores.length];
    for (int label = 0; label < logs.length; label++) {
      logs[label] = logSigmoid(scores[label]);
    }
    return logs;
  }

  static float[] logSoftmax(float[] scores) {
    double largest = Float.NEGATIVE_INFINITY;
    for (float score : scores) {
      largest = Math.max(largest, score);
    }
    double sum = 0;
    for (float score : scores) {
      sum += Math.exp(score - largest);
    }
    float[] logs = scores.clone();
    for (int label = 0; label < logs.length; label++) {
      logs[label] -= (float) (largest + Math.log(sum));
    }
    return logs;
  }

  static float logSigmoid(float x) {
    return (float) (Math.min(0, x) - Math.log1p(Math.exp(-Math.abs(x))));
  }

  /** Of input rows; zeros if there are none. */
  float[] mean(int[] rows) {
    float[] mean = new float[settings.dim()];
    for (int row : rows) {
      float[] block = input.block(row);
      int at = input.offset(row);
      for (int d = 0; d < mean.length; d++) {
        mean[d] += block[at + d];
      }
    }
    float factor = rows.length == 0 ? 0 : 1f / rows.length;
    for (int d = 0; d < mean.length; d++) {
      mean[d] *= factor;
    }
    return mean;
  }

  float product(int row, float[] hidden) {
    float[] block = output.block(row);
    int at = output.offset(row);
    float sum = 0;
    for (int d = 0; d < hidden.length; d++) {
      sum += block[at + d] * hidden[d];
    }
    return sum;
  }
}
