package io.headwater.ps.optimizer;

import java.util.List;

/** Adam with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101). */
final class AdamWRule implements UpdateRule {
  private final OptimizerConfig config;
  private AdamStep step;
  private float rate;

  AdamWRule(OptimizerConfig config) {
    this.config = config;
  }

  @Override
  public List<String> stateNames() {
    return List.of(Optimizer.FIRST_MOMENT, Optimizer.SECOND_MOMENT);
  }

  @Override
  public void begin(long number, float learningRate) {
    rate = learningRate;
    step = AdamStep.of(config, number);
  }

  @Override
  public void apply(Slice s) {
    float[] w = s.weights;
    float[] g = s.gradient;
    float[] m = s.state[0];
    float[] v = s.state[1];
    int to = s.to;
    float scale = s.scale;
    float keep = 1 - rate * s.weightDecay;
    float beta1 = config.beta1();
    float beta2 = config.beta2();
    float rest1 = 1 - beta1;
    float rest2 = 1 - beta2;
    float epsilon = config.epsilon();
    float size = (float) (rate / step.firstCorrection());
    float rootCorrection = step.rootFactor();
    for (int i = s.from; i < to; i++) {
      float x = g[i] * scale;
      float mean = beta1 * m[i] + rest1 * x;
      float square = beta2 * v[i] + rest2 * x * x;
      m[i] = mean;
      v[i] = square;
      w[i] = w[i] * keep - size * (mean / ((float) Math.sqrt(square) * rootCorrection + epsilon));
    }
  }
}
