package io.headwater.finetune.classify;

import io.headwater.finetune.Labels;
import io.headwater.finetune.Scores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.evaluation.classification.ROC;
import org.nd4j.evaluation.classification.ROCMultiClass;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Scores of a classifier, computed with Deeplearning4j's evaluation classes: {@code accuracy}, part
 * of the texts whose most probable label is the true one; {@code macro_f1}, mean of the F1 of each
 * label that occurs among the true ones; with two labels {@code f1}, that of the second, taken as
 * the positive one; {@code auc}, area under the ROC curve of the second label when there are two,
 * else the mean of one label against the rest, left out where the file holds a single label.
 */
public final class ClassScores {
  private ClassScores() {}

  /**
   * @param labels the task's
   * @param truth true label of each text
   * @param logits (N, labels)
   */
  public static Scores of(Labels labels, int[] truth, float[][] logits) {
    try (INDArray actual = Nd4j.zeros(DataType.DOUBLE, truth.length, labels.size());
        INDArray predicted = Nd4j.create(softmax(logits))) {
      for (int i = 0; i < truth.length; i++) {
        actual.putScalar(i, truth[i], 1.0);
      }
      Evaluation evaluation = new Evaluation(labels.names());
      evaluation.eval(actual, predicted);
      Map<String, Double> measures = new LinkedHashMap<>();
      measures.put("accuracy", evaluation.accuracy());
      measures.put("macro_f1", macroF1(evaluation, labels.size()));
      if (labels.size() == 2) {
        measures.put("f1", evaluation.f1(1));
      }
      auc(actual, predicted, labels.size(), truth).ifPresent(area -> measures.put("auc", area));
      return new Scores(
          truth.length,
          measures,
          Optional.of(new Scores.Confusion(labels.names(), confusion(evaluation, labels.size()))));
    }
  }

  /**
   * Our own mean over the labels: Evaluation's leaves labels out that were never predicted, and
   * with two labels gives the F1 of the positive one.
   */
  private static double macroF1(Evaluation evaluation, int labels) {
    double sum = 0;
    int present = 0;
    for (int label = 0; label < labels; label++) {
      if (evaluation.getConfusionMatrix().getActualTotal(label) > 0) {
        sum += evaluation.f1(label);
        present++;
      }
    }
    return sum / present;
  }

  /** Exact areas: 0 thresholds means every distinct probability is one. */
  private static OptionalDouble auc(INDArray actual, INDArray predicted, int labels, int[] truth) {
    if (Arrays.stream(truth).distinct().count() < 2) {
      return OptionalDouble.empty();
    }
    if (labels == 2) {
      ROC roc = new ROC(0);
      roc.eval(actual, predicted);
      return OptionalDouble.of(roc.calculateAUC());
    }
    ROCMultiClass roc = new ROCMultiClass(0);
    roc.eval(actual, predicted);
    return Arrays.stream(truth).distinct().sorted().mapToDouble(roc::calculateAUC).average();
  }

  private static List<List<Integer>> confusion(Evaluation evaluation, int labels) {
    List<List<Integer>> rows = new ArrayList<>();
    for (int actual = 0; actual < labels; actual++) {
      List<Integer> row = new ArrayList<>();
      for (int predicted = 0; predicted < labels; predicted++) {
        row.add(evaluation.getConfusionMatrix().getCount(actual, predicted));
      }
      rows.add(row);
    }
    return rows;
  }

  /** In double: equal float probabilities of different logits would tie in the ROC. */
  private static double[][] softmax(float[][] logits) {
    double[][] probabilities = new double[logits.length][];
    for (int row = 0; row < logits.length; row++) {
      double largest = Double.NEGATIVE_INFINITY;
      for (float logit : logits[row]) {
        largest = Math.max(largest, logit);
      }
      double[] exponentials = new double[logits[row].length];
      double sum = 0;
      for (int i = 0; i < exponentials.length; i++) {
        exponentials[i] = Math.exp(logits[row][i] - largest);
        sum += exponentials[i];
      }
      for (int i = 0; i < exponentials.length; i++) {
        exponentials[i] /= sum;
      }
      probabilities[row] = exponentials;
    }
    return probabilities;
  }
}
