package io.headwater.ps.optimizer;

import java.util.List;

/**
 * LAMB (You et al., 2020, arXiv:1904.00962, algorithm 2): the update {@code u = m' / (sqrt(v') +
 * epsilon) + decay * w} of Adam, then {@code w -= lr * trust * u} with a matrix's {@code trust =
 * |w| / |u|}. As in the authors' code, vectors are neither decayed nor scaled: their trust is 1.
 */
final class LambRule implements UpdateRule {
  private final OptimizerConfig config;
  private AdamStep step;
  private float rate;

  LambRule(OptimizerConfig config) {
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
  public boolean needsNorms() {
    return true;
  }

  @Override
  public void prepare(Slice s) {
    float[] w = s.weights;
    float[] g = s.gradient;
    float[] m = s.state[0];
    float[] v = s.state[1];
    int to = s.to;
    float scale = s.scale;
    float decay = s.weightDecay;
    float beta1 = config.beta1();
    float beta2 = config.beta2();
    float rest1 = 1 - beta1;
    float rest2 = 1 - beta2;
    float epsilon = config.epsilon();
    float firstFactor = (float) (1 / step.firstCorrection());
    float rootFactor = step.rootFactor();
    for (int i = s.from; i < to; i++) {
      float x = g[i] * scale;
      float mean = beta1 * m[i] + rest1 * x;
      float square = beta2 * v[i] + rest2 * x * x;
      m[i] = mean;
      v[i] = square;
      g[i] = mean * firstFactor / ((float) Math.sqrt(square) * rootFactor + epsilon) + decay * w[i];
    }
  }

  @Override
  public void apply(Slice s) {
    float[] w = s.weights;
    float[] u = s.gradient;
    int to = s.to;
    float size = rate * s.trust;
    for (int i = s.from; i < to; i++) {
      w[i] -= size * u[i];
    }
  }
}
