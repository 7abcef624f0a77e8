package io.headwater.model.t5;

import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.SpanBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The same network in plain Java and double precision, forward only, one sequence at a time without
 * its padding: written from the published equations, sharing nothing with the real one but the
 * parameter names.
 */
final class ReferenceT5 {
  private final T5Config sizes;
  private final TensorLayout layout;
  private final double[] parameters;
  private long products; // of two numbers, in matrix products

  ReferenceT5(T5Config sizes, TensorLayout layout, double[] parameters) {
    this.sizes = sizes;
    this.layout = layout;
    this.parameters = parameters;
  }

  /**
   * Products of two numbers that matrices were multiplied with so far, as if no token were hidden
   * from another.
   */
  long products() {
    return products;
  }

  /** Mean over the targets. */
  double loss(SpanBatch batch) {
    double sum = 0;
    int count = 0;
    for (int row = 0; row < batch.sequences(); row++) {
      int from = row * batch.length();
      int[] input = Arrays.copyOfRange(batch.inputs(), from, from + batch.lengths()[row]);
      int[] targets =
          Arrays.stream(
                  batch.targets(), row * batch.targetLength(), (row + 1) * batch.targetLength())
              .filter(target -> target >= 0)
              .toArray();
      int[] read = new int[targets.length];
      read[0] = sizes.tokens().padding();
      System.arraycopy(targets, 0, read, 1, targets.length - 1);
      double[][] memory = stack("encoder", sizes.layers(), input, null);
      double[][] hidden = stack("decoder", sizes.decoderLayers(), read, memory);
      for (int u = 0; u < targets.length; u++) {
        sum += crossEntropy(scores(hidden[u]), targets[u]);
        count++;
      }
    }
    return sum / count;
  }

  private double[] scores(double[] hidden) {
    double[] scores = linear(hidden, "shared", sizes.vocabularySize());
    return Arrays.stream(scores).map(s -> s / Math.sqrt(sizes.hiddenSize())).toArray();
  }

  private double[][] stack(String name, int layers, int[] ids, double[][] memory) {
    double[][] x = new double[ids.length][sizes.hiddenSize()];
    for (int t = 0; t < ids.length; t++) {
      for (int d = 0; d < sizes.hiddenSize(); d++) {
        x[t][d] = at("shared.weight", ids[t] * sizes.hiddenSize() + d);
      }
    }
    String bias = name + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight";
    for (int layer = 0; layer < layers; layer++) {
      String block = name + ".block." + layer + ".layer.";
      double[][] normed = norms(x, block + "0.layer_norm");
      x = sum(x, attention(normed, normed, block + "0.SelfAttention", bias, memory != null));
      if (memory != null) {
        normed = norms(x, block + "1.layer_norm");
        x = sum(x, attention(normed, memory, block + "1.EncDecAttention", null, false));
      }
      String last = block + (memory == null ? 1 : 2);
      x = sum(x, feedForward(norms(x, last + ".layer_norm"), last + ".DenseReluDense"));
    }
    return norms(x, name + ".final_layer_norm");
  }

  private double[][] feedForward(double[][] x, String name) {
    double[][] y = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double[] inner = linear(x[t], name + ".wi", sizes.intermediateSize());
      y[t] =
          linear(
              Arrays.stream(inner).map(v -> Math.max(0, v)).toArray(),
              name + ".wo",
              sizes.hiddenSize());
    }
    return y;
  }

  private double[][] attention(
      double[][] x, double[][] memory, String name, String bias, boolean causal) {
    int size = sizes.headSize();
    int inner = sizes.heads() * size;
    double[][] k = new double[memory.length][];
    double[][] v = new double[memory.length][];
    for (int s = 0; s < memory.length; s++) {
      k[s] = linear(memory[s], name + ".k", inner);
      v[s] = linear(memory[s], name + ".v", inner);
    }
    double[][] y = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double[] q = linear(x[t], name + ".q", inner);
      double[] joined = new double[inner];
      int seen = causal ? t + 1 : memory.length;
      for (int head = 0; head < sizes.heads(); head++) {
        double[] weight = new double[seen];
        double total = 0;
        products += 2L * size * memory.length; // scores, and what they weigh
        for (int s = 0; s < seen; s++) {
          double score = 0;
          for (int i = head * size; i < (head + 1) * size; i++) {
            score += q[i] * k[s][i];
          }
          if (bias != null) {
            score += at(bias, bucket(s - t, !causal) * sizes.heads() + head);
          }
          weight[s] = Math.exp(score);
          total += weight[s];
        }
        for (int s = 0; s < seen; s++) {
          for (int i = head * size; i < (head + 1) * size; i++) {
            joined[i] += weight[s] / total * v[s][i];
          }
        }
      }
      y[t] = linear(joined, name + ".o", sizes.hiddenSize());
    }
    return y;
  }

  /**
   * The bucket as a search: distances below half of a direction's buckets have one each, the others
   * lie between borders that grow geometrically up to the largest distance.
   */
  private int bucket(int distance, boolean bothDirections) {
    int buckets = bothDirections ? sizes.buckets() / 2 : sizes.buckets();
    int offset = bothDirections && distance > 0 ? buckets : 0;
    int far = Math.abs(distance);
    int half = buckets / 2;
    List<Double> borders = new ArrayList<>();
    for (int i = 1; i < buckets - half; i++) {
      borders.add(half * Math.pow((double) sizes.maxDistance() / half, i / (double) half));
    }
    if (far < half) {
      return offset + far;
    }
    long passed = borders.stream().filter(border -> far >= border - 1e-9).count();
    return offset + half + (int) passed;
  }

  /** {@code W x} with W stored as (outputs, inputs). */
  private double[] linear(double[] x, String name, int outputs) {
    double[] y = new double[outputs];
    products += (long) outputs * x.length;
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < x.length; i++) {
        y[o] += x[i] * at(name + ".weight", o * x.length + i);
      }
    }
    return y;
  }

  private double[][] norms(double[][] x, String name) {
    double[][] y = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double square = Arrays.stream(x[t]).map(v -> v * v).average().orElseThrow();
      double[] row = x[t].clone();
      for (int i = 0; i < row.length; i++) {
        row[i] *= at(name + ".weight", i) / Math.sqrt(square + sizes.normEpsilon());
      }
      y[t] = row;
    }
    return y;
  }

  private static double crossEntropy(double[] scores, int target) {
    double max = Arrays.stream(scores).max().orElseThrow();
    double total = Arrays.stream(scores).map(score -> Math.exp(score - max)).sum();
    return max + Math.log(total) - scores[target];
  }

  private static double[][] sum(double[][] a, double[][] b) {
    double[][] y = new double[a.length][];
    for (int t = 0; t < y.length; t++) {
      double[] row = a[t].clone();
      for (int i = 0; i < row.length; i++) {
        row[i] += b[t][i];
      }
      y[t] = row;
    }
    return y;
  }

  private double at(String name, int index) {
    return parameters[(int) layout.entry(name).offset() + index];
  }
}
