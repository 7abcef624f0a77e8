package io.headwater.ps.optimizer;

import java.util.List;

/**
 * Nesterov momentum as PyTorch has it: {@code b = momentum * b + g; w = w * (1 - lr * decay) - lr *
 * (g + momentum * b)}.
 */
final class NesterovRule implements UpdateRule {
  private final float momentum;
  private float rate;

  NesterovRule(OptimizerConfig config) {
    momentum = config.beta1();
  }

  @Override
  public List<String> stateNames() {
    return List.of(Optimizer.MOMENTUM);
  }

  @Override
  public void begin(long step, float learningRate) {
    rate = learningRate;
  }

  @Override
  public void apply(Slice s) {
    float[] w = s.weights;
    float[] g = s.gradient;
    float[] b = s.state[0];
    int to = s.to;
    float scale = s.scale;
    float keep = 1 - rate * s.weightDecay;
    float size = rate;
    float mu = momentum;
    for (int i = s.from; i < to; i++) {
      float x = g[i] * scale;
      float buffer = mu * b[i] + x;
      b[i] = buffer;
      w[i] = w[i] * keep - size * (x + mu * buffer);
    }
  }
}
