package io.headwater.ps.optimizer;

import java.util.List;

/**
 * Adagrad (Duchi, Hazan and Singer, 2011): {@code s += g * g; w = w * (1 - lr * decay) - lr * g /
 * (sqrt(s) + epsilon)}.
 */
final class AdagradRule implements UpdateRule {
  private final float epsilon;
  private float rate;

  AdagradRule(OptimizerConfig config) {
    epsilon = config.epsilon();
  }

  @Override
  public List<String> stateNames() {
    return List.of(Optimizer.SUM);
  }

  @Override
  public void begin(long step, float learningRate) {
    rate = learningRate;
  }

  @Override
  public void apply(Slice s) {
    float[] w = s.weights;
    float[] g = s.gradient;
    float[] sums = s.state[0];
    int to = s.to;
    float scale = s.scale;
    float keep = 1 - rate * s.weightDecay;
    float size = rate;
    float eps = epsilon;
    for (int i = s.from; i < to; i++) {
      float x = g[i] * scale;
      float sum = sums[i] + x * x;
      sums[i] = sum;
      w[i] = w[i] * keep - size * (x / ((float) Math.sqrt(sum) + eps));
    }
  }
}
