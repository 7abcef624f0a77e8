package io.headwater.model.bert;

import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.MaskedBatch;
import java.util.Arrays;

/**
 * The same network in plain Java and double precision, forward only, one sequence at a time without
 * its padding: written from the published equations, sharing nothing with the real one but the
 * parameter names.
 */
final class ReferenceBert {
  private final BertConfig sizes;
  private final TensorLayout layout;
  private final double[] parameters;
  private long products; // of two numbers, in matrix products

  ReferenceBert(BertConfig sizes, TensorLayout layout, double[] parameters) {
    this.sizes = sizes;
    this.layout = layout;
    this.parameters = parameters;
  }

  /** Products of two numbers that matrices were multiplied with so far. */
  long products() {
    return products;
  }

  /** Mean over the masked places, and over the pairs where the model predicts them. */
  double loss(MaskedBatch batch) {
    double masked = 0;
    int places = 0;
    double pairs = 0;
    for (int row = 0; row < batch.sequences(); row++) {
      double[][] hidden = hidden(batch, row);
      for (int p = 0; p < batch.predictions(); p++) {
        int target = batch.targets()[row * batch.predictions() + p];
        if (target >= 0) {
          int place = batch.positions()[row * batch.predictions() + p];
          masked += crossEntropy(tokenScores(hidden[place]), target);
          places++;
        }
      }
      if (sizes.objective().nextSentence()) {
        double[] scores = linear(pooled(hidden), "cls.seq_relationship", 2);
        pairs += crossEntropy(scores, batch.nextSentence()[row]);
      }
    }
    return masked / places + pairs / batch.sequences();
  }

  double[] pooled(double[][] hidden) {
    return Arrays.stream(linear(hidden[0], "bert.pooler.dense", sizes.hiddenSize()))
        .map(Math::tanh)
        .toArray();
  }

  double[] tokenScores(double[] hidden) {
    int width = sizes.hiddenSize();
    double[] x = gelu(linear(hidden, "cls.predictions.transform.dense", width));
    x = norm(x, "cls.predictions.transform.LayerNorm");
    double[] scores = new double[sizes.vocabularySize()];
    products += (long) scores.length * width;
    for (int v = 0; v < scores.length; v++) {
      scores[v] = at("cls.predictions.bias", v);
      for (int d = 0; d < width; d++) {
        scores[v] += x[d] * at("bert.embeddings.word_embeddings.weight", v * width + d);
      }
    }
    return scores;
  }

  double[][] hidden(MaskedBatch batch, int row) {
    int from = row * batch.length();
    int to = from + batch.lengths()[row];
    return hidden(
        Arrays.copyOfRange(batch.inputs(), from, to),
        Arrays.copyOfRange(batch.segments(), from, to));
  }

  double[][] hidden(int[] tokens, int[] segments) {
    int width = sizes.hiddenSize();
    double[][] x = new double[tokens.length][width];
    for (int t = 0; t < tokens.length; t++) {
      for (int d = 0; d < width; d++) {
        x[t][d] =
            at("bert.embeddings.word_embeddings.weight", tokens[t] * width + d)
                + at("bert.embeddings.position_embeddings.weight", t * width + d)
                + at("bert.embeddings.token_type_embeddings.weight", segments[t] * width + d);
      }
      x[t] = norm(x[t], "bert.embeddings.LayerNorm");
    }
    for (int layer = 0; layer < sizes.layers(); layer++) {
      x = block(x, "bert.encoder.layer." + layer);
    }
    return x;
  }

  private double[][] block(double[][] x, String name) {
    int width = sizes.hiddenSize();
    double[][] attended = attention(x, name + ".attention.self");
    double[][] y = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double[] projected = linear(attended[t], name + ".attention.output.dense", width);
      double[] middle = norm(sum(x[t], projected), name + ".attention.output.LayerNorm");
      double[] inner = linear(middle, name + ".intermediate.dense", sizes.intermediateSize());
      double[] outer = linear(gelu(inner), name + ".output.dense", width);
      y[t] = norm(sum(middle, outer), name + ".output.LayerNorm");
    }
    return y;
  }

  private double[][] attention(double[][] x, String name) {
    int width = sizes.hiddenSize();
    int size = width / sizes.heads();
    double[][] q = new double[x.length][];
    double[][] k = new double[x.length][];
    double[][] v = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      q[t] = linear(x[t], name + ".query", width);
      k[t] = linear(x[t], name + ".key", width);
      v[t] = linear(x[t], name + ".value", width);
    }
    double[][] y = new double[x.length][width];
    for (int from = 0; from < width; from += size) {
      for (int t = 0; t < x.length; t++) {
        double[] weight = new double[x.length];
        double total = 0;
        products += 2L * size * x.length; // scores, and what they weigh
        for (int s = 0; s < x.length; s++) {
          double dot = 0;
          for (int i = from; i < from + size; i++) {
            dot += q[t][i] * k[s][i];
          }
          weight[s] = Math.exp(dot / Math.sqrt(size));
          total += weight[s];
        }
        for (int s = 0; s < x.length; s++) {
          for (int i = from; i < from + size; i++) {
            y[t][i] += weight[s] / total * v[s][i];
          }
        }
      }
    }
    return y;
  }

  /** {@code W x + b} with W stored as (outputs, inputs). */
  double[] linear(double[] x, String name, int outputs) {
    double[] y = new double[outputs];
    products += (long) outputs * x.length;
    for (int o = 0; o < outputs; o++) {
      y[o] = at(name + ".bias", o);
      for (int i = 0; i < x.length; i++) {
        y[o] += x[i] * at(name + ".weight", o * x.length + i);
      }
    }
    return y;
  }

  private double[] norm(double[] x, String name) {
    double mean = Arrays.stream(x).average().orElseThrow();
    double variance = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] =
          (x[i] - mean) / Math.sqrt(variance + sizes.layerNormEpsilon()) * at(name + ".weight", i)
              + at(name + ".bias", i);
    }
    return y;
  }

  private static double[] gelu(double[] x) {
    return Arrays.stream(x).map(v -> 0.5 * v * (1 + erf(v / Math.sqrt(2)))).toArray();
  }

  /** By its Maclaurin series, which is exact enough for the small values here. */
  private static double erf(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; n < 80; n++) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }

  static double crossEntropy(double[] scores, int target) {
    double max = Arrays.stream(scores).max().orElseThrow();
    double total = Arrays.stream(scores).map(score -> Math.exp(score - max)).sum();
    return max + Math.log(total) - scores[target];
  }

  private static double[] sum(double[] a, double[] b) {
    double[] y = new double[a.length];
    Arrays.setAll(y, i -> a[i] + b[i]);
    return y;
  }

  private double at(String name, int index) {
    return parameters[(int) layout.entry(name).offset() + index];
  }
}
