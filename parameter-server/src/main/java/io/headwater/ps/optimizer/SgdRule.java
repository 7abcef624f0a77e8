package io.headwater.ps.optimizer;

import java.util.List;

/** {@code w -= lr * (g + decay * w)}. */
final class SgdRule implements UpdateRule {
  private float rate;

  @Override
  public List<String> stateNames() {
    return List.of();
  }

  @Override
  public void begin(long step, float learningRate) {
    rate = learningRate;
  }

  @Override
  public void apply(Slice s) {
    if (s.weightDecay == 0) {
      plain(s.weights, s.gradient, s.from, s.to, s.scale);
    } else {
      decayed(s.weights, s.gradient, s.from, s.to, s.scale, s.weightDecay);
    }
  }

  private void plain(float[] w, float[] g, int from, int to, float scale) {
    float size = rate;
    for (int i = from; i < to; i++) {
      w[i] -= size * (g[i] * scale);
    }
  }

  private void decayed(float[] w, float[] g, int from, int to, float scale, float decay) {
    float size = rate;
    for (int i = from; i < to; i++) {
      w[i] -= size * (g[i] * scale + decay * w[i]);
    }
  }
}
