package io.headwater.model.gpt;

import io.headwater.checkpoint.TensorLayout;

/**
 * The same network in plain Java and double precision, forward only, one sequence at a time:
 * written from the published equations, sharing nothing with the real one but the parameter names.
 */
final class ReferenceGpt {
  private final GptConfig sizes;
  private final TensorLayout layout;
  private final double[] parameters;

  ReferenceGpt(GptConfig sizes, TensorLayout layout, double[] parameters) {
    this.sizes = sizes;
    this.layout = layout;
    this.parameters = parameters;
  }

  /** Hidden states after the final norm: [t][d]. */
  double[][] hidden(int[] tokens) {
    int width = sizes.hiddenSize();
    double[][] x = new double[tokens.length][width];
    for (int t = 0; t < tokens.length; t++) {
      for (int d = 0; d < width; d++) {
        x[t][d] =
            at("transformer.wte.weight", (long) tokens[t] * width + d)
                + at("transformer.wpe.weight", (long) t * width + d);
      }
    }
    for (int layer = 0; layer < sizes.layers(); layer++) {
      String block = "transformer.h." + layer;
      add(x, attention(norm(x, block + ".ln_1"), block + ".attn"));
      double[][] expanded = linear(norm(x, block + ".ln_2"), block + ".mlp.c_fc", 4 * width);
      for (double[] row : expanded) {
        for (int i = 0; i < row.length; i++) {
          double v = row[i];
          row[i] = 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v)));
        }
      }
      add(x, linear(expanded, block + ".mlp.c_proj", width));
    }
    return norm(x, "transformer.ln_f");
  }

  /** Scores of every token at every place: [t][v]. */
  double[][] logits(int[] tokens) {
    return scores(hidden(tokens), "transformer.wte.weight", sizes.vocabularySize());
  }

  /** {@code x W^T} with W stored as (outputs, D). */
  double[][] scores(double[][] x, String name, int outputs) {
    int width = sizes.hiddenSize();
    double[][] y = new double[x.length][outputs];
    for (int t = 0; t < x.length; t++) {
      for (int o = 0; o < outputs; o++) {
        for (int d = 0; d < width; d++) {
          y[t][o] += x[t][d] * at(name, (long) o * width + d);
        }
      }
    }
    return y;
  }

  static double crossEntropy(double[] logits, int target) {
    double max = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      max = Math.max(max, logit);
    }
    double sum = 0;
    for (double logit : logits) {
      sum += Math.exp(logit - max);
    }
    return max + Math.log(sum) - logits[target];
  }

  private double[][] attention(double[][] x, String name) {
    int width = sizes.hiddenSize();
    int size = sizes.headSize();
    double[][] qkv = linear(x, name + ".c_attn", 3 * width);
    double[][] y = new double[x.length][width];
    for (int head = 0; head < sizes.heads(); head++) {
      int q = head * size;
      for (int t = 0; t < x.length; t++) {
        double[] weight = new double[t + 1];
        double sum = 0;
        for (int s = 0; s <= t; s++) {
          double dot = 0;
          for (int i = 0; i < size; i++) {
            dot += qkv[t][q + i] * qkv[s][width + q + i];
          }
          weight[s] = Math.exp(dot / Math.sqrt(size));
          sum += weight[s];
        }
        for (int s = 0; s <= t; s++) {
          for (int i = 0; i < size; i++) {
            y[t][q + i] += weight[s] / sum * qkv[s][2 * width + q + i];
          }
        }
      }
    }
    return linear(y, name + ".c_proj", width);
  }

  private double[][] linear(double[][] x, String name, int outputs) {
    double[][] y = new double[x.length][outputs];
    for (int t = 0; t < x.length; t++) {
      for (int o = 0; o < outputs; o++) {
        double sum = at(name + ".bias", o);
        for (int i = 0; i < x[t].length; i++) {
          sum += x[t][i] * at(name + ".weight", (long) i * outputs + o);
        }
        y[t][o] = sum;
      }
    }
    return y;
  }

  private double[][] norm(double[][] x, String name) {
    int width = sizes.hiddenSize();
    double[][] y = new double[x.length][width];
    for (int t = 0; t < x.length; t++) {
      double mean = 0;
      for (double value : x[t]) {
        mean += value / width;
      }
      double variance = 0;
      for (double value : x[t]) {
        variance += (value - mean) * (value - mean) / width;
      }
      for (int d = 0; d < width; d++) {
        y[t][d] =
            (x[t][d] - mean)
                    / Math.sqrt(variance + sizes.layerNormEpsilon())
                    * at(name + ".weight", d)
                + at(name + ".bias", d);
      }
    }
    return y;
  }

  private static void add(double[][] x, double[][] y) {
    for (int t = 0; t < x.length; t++) {
      for (int d = 0; d < x[t].length; d++) {
        x[t][d] += y[t][d];
      }
    }
  }

  private double at(String tensor, long index) {
    return parameters[Math.toIntExact(layout.entry(tensor).offset() + index)];
  }
}
