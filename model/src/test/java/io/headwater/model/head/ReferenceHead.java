package io.headwater.model.head;

import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.LabelledBatch;
import io.headwater.model.Target;
import io.headwater.model.TextBatch;
import io.headwater.model.TokenBatch;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * The heads in plain Java and double precision, forward only, from hidden states of sequences
 * without their padding: written from the published equations.
 *
 * @param hidden states of each sequence of a batch: [row][t][d]
 * @param summary of a sequence's states
 * @param scorer of summaries
 */
public record ReferenceHead(
    TensorLayout layout,
    double[] parameters,
    List<double[][]> hidden,
    Function<double[][], double[]> summary,
    Scorer scorer) {

  /** The loss of a head, by what the batch asks. */
  public double loss(TaskHead head, LabelledBatch batch) {
    if (head instanceof ClassificationHead) {
      return classes(summaries(head), batch.target().as(Target.Classes.class));
    }
    if (head instanceof RegressionHead) {
      float[] values = batch.target().as(Target.Values.class).values();
      double[][] outputs = summaries(head);
      double sum = 0;
      for (int i = 0; i < values.length; i++) {
        sum += (outputs[i][0] - values[i]) * (outputs[i][0] - values[i]);
      }
      return sum / values.length;
    }
    if (head instanceof TokenClassificationHead) {
      return tokens(head, batch);
    }
    if (head instanceof SpanHead) {
      return spans(head, batch.target().as(Target.Spans.class));
    }
    return contrast(((EmbeddingHead) head).temperature());
  }

  /** Scores of each sequence's summary. */
  public double[][] summaries(TaskHead head) {
    return hidden.stream()
        .map(states -> linear(summary.apply(states), head.scorer(scorer).orElseThrow(), head))
        .toArray(double[][]::new);
  }

  /** Scores of each token of a sequence. */
  public double[][] tokenScores(TaskHead head, int row) {
    return Arrays.stream(hidden.get(row))
        .map(state -> linear(state, head.scorer(scorer).orElseThrow(), head))
        .toArray(double[][]::new);
  }

  /** Mean state of each sequence. */
  public double[][] means() {
    return hidden.stream()
        .map(
            states -> {
              double[] mean = new double[states[0].length];
              for (double[] state : states) {
                for (int d = 0; d < mean.length; d++) {
                  mean[d] += state[d] / states.length;
                }
              }
              return mean;
            })
        .toArray(double[][]::new);
  }

  private double tokens(TaskHead head, LabelledBatch batch) {
    TextBatch texts = batch.texts();
    Target.Classes target = batch.target().as(Target.Classes.class);
    double sum = 0;
    double weights = 0;
    for (int row = 0; row < texts.sequences(); row++) {
      double[][] scores = tokenScores(head, row);
      for (int t = 0; t < scores.length; t++) {
        int place = row * texts.length() + t;
        if (target.classes()[place] != TokenBatch.IGNORED) {
          double weight = target.weights().length == 0 ? 1 : target.weights()[place];
          sum += weight * crossEntropy(scores[t], target.classes()[place]);
          weights += weight;
        }
      }
    }
    return sum / weights;
  }

  private double spans(TaskHead head, Target.Spans spans) {
    double sum = 0;
    for (int row = 0; row < hidden.size(); row++) {
      double[][] scores = tokenScores(head, row);
      double[] starts = Arrays.stream(scores).mapToDouble(each -> each[0]).toArray();
      double[] ends = Arrays.stream(scores).mapToDouble(each -> each[1]).toArray();
      sum += crossEntropy(starts, spans.starts()[row]) + crossEntropy(ends, spans.ends()[row]);
    }
    return sum / (2 * hidden.size());
  }

  private double contrast(double temperature) {
    double[][] means = means();
    int pairs = means.length / 2;
    double sum = 0;
    for (int i = 0; i < pairs; i++) {
      double[] there = new double[pairs];
      double[] back = new double[pairs];
      for (int j = 0; j < pairs; j++) {
        there[j] = cosine(means[2 * i], means[2 * j + 1]) / temperature;
        back[j] = cosine(means[2 * j], means[2 * i + 1]) / temperature;
      }
      sum += crossEntropy(there, i) + crossEntropy(back, i);
    }
    return sum / (2 * pairs);
  }

  private static double classes(double[][] outputs, Target.Classes target) {
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < outputs.length; i++) {
      double weight = target.weights().length == 0 ? 1 : target.weights()[i];
      sum += weight * crossEntropy(outputs[i], target.classes()[i]);
      weights += weight;
    }
    return sum / weights;
  }

  private double[] linear(double[] x, Scorer layer, TaskHead head) {
    double[] y = new double[head.outputs()];
    for (int o = 0; o < y.length; o++) {
      y[o] = layer.biased() ? at(layer.bias(), o) : 0;
      for (int i = 0; i < x.length; i++) {
        y[o] += x[i] * at(layer.weight(), o * x.length + i);
      }
    }
    return y;
  }

  private static double cosine(double[] a, double[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += a[i] * b[i];
      aa += a[i] * a[i];
      bb += b[i] * b[i];
    }
    return ab / Math.sqrt(aa * bb);
  }

  private static double crossEntropy(double[] scores, int target) {
    double max = Arrays.stream(scores).max().orElseThrow();
    return max
        + Math.log(Arrays.stream(scores).map(score -> Math.exp(score - max)).sum())
        - scores[target];
  }

  private double at(String tensor, int index) {
    return parameters[Math.toIntExact(layout.entry(tensor).offset()) + index];
  }
}
