package io.headwater.ps.optimizer;

import io.headwater.checkpoint.TensorLayout;

/** The update rules from their papers' formulas, in double precision, a tensor at a time. */
final class ReferenceOptimizer {
  private final OptimizerConfig config;
  private final TensorLayout layout;
  private final double[] weights;
  private final double[] first;
  private final double[] second;

  ReferenceOptimizer(OptimizerConfig config, TensorLayout layout, float[] initial) {
    this.config = config;
    this.layout = layout;
    weights = new double[initial.length];
    for (int i = 0; i < initial.length; i++) {
      weights[i] = initial[i];
    }
    first = new double[initial.length];
    second = new double[initial.length];
  }

  double[] weights() {
    return weights;
  }

  void step(int step, float[] gradient, double rate, double scale) {
    for (TensorLayout.Entry entry : layout.entries()) {
      boolean matrix = entry.shape().size() >= 2;
      double decay = matrix ? config.weightDecay() : 0;
      int from = (int) entry.offset();
      double[] update = new double[(int) entry.end() - from];
      double weightSquares = 0;
      double updateSquares = 0;
      for (int i = 0; i < update.length; i++) {
        update[i] =
            direction(from + i, step, gradient[from + i] * scale) + decay * weights[from + i];
        weightSquares += weights[from + i] * weights[from + i];
        updateSquares += update[i] * update[i];
      }
      boolean adapted = config.kind() == OptimizerConfig.Kind.LAMB && matrix;
      double trust = adapted ? Math.sqrt(weightSquares / updateSquares) : 1;
      for (int i = 0; i < update.length; i++) {
        weights[from + i] -= rate * trust * update[i];
      }
    }
  }

  private double direction(int i, int step, double g) {
    double momentum = config.beta1();
    return switch (config.kind()) {
      case SGD -> g;
      case MOMENTUM -> first[i] = momentum * first[i] + g;
      case NESTEROV -> {
        first[i] = momentum * first[i] + g;
        yield g + momentum * first[i];
      }
      case ADAGRAD -> {
        first[i] += g * g;
        yield g / (Math.sqrt(first[i]) + config.epsilon());
      }
      case ADAMW, LAMB -> {
        first[i] = config.beta1() * first[i] + (1 - config.beta1()) * g;
        second[i] = config.beta2() * second[i] + (1 - config.beta2()) * g * g;
        double mean = first[i] / (1 - Math.pow(config.beta1(), step + 1));
        double square = second[i] / (1 - Math.pow(config.beta2(), step + 1));
        yield mean / (Math.sqrt(square) + config.epsilon());
      }
    };
  }
}
