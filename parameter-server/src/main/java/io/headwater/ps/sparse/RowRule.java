package io.headwater.ps.sparse;

import java.util.List;

/*
 * The loops run over arrays that share one index, which the compiler vectorises; so a row and its
 * state are copied out of their slab, updated in the first-level cache, and copied back.
 */
/** The arithmetic of a {@link RowOptimizer} on one row. Single-threaded. */
abstract sealed class RowRule {
  static RowRule of(RowOptimizer config) {
    return switch (config.kind()) {
      case SGD -> new Sgd();
      case ADAGRAD -> new Adagrad(config);
      case ADAM -> new Adam(config);
    };
  }

  /** Names of the vectors of state beside a row, as PyTorch has them. */
  abstract List<String> stateNames();

  int stateVectors() {
    return stateNames().size();
  }

  /** Whether the rule needs the count of a row's updates. */
  abstract boolean counts();

  /** What state vectors hold before the first update. */
  abstract float initialState();

  /**
   * Updates one row of {@code g.length} elements.
   *
   * @param w the row
   * @param state its state, {@link #stateVectors} vectors
   * @param g the gradient
   * @param updates number of the row's updates with this one; only read if the rule counts
   */
  abstract void update(float[] w, float[][] state, float[] g, float rate, long updates);

  private static final class Sgd extends RowRule {
    @Override
    List<String> stateNames() {
      return List.of();
    }

    @Override
    boolean counts() {
      return false;
    }

    @Override
    float initialState() {
      return 0;
    }

    @Override
    void update(float[] w, float[][] state, float[] g, float rate, long updates) {
      for (int i = 0; i < g.length; i++) {
        w[i] -= rate * g[i];
      }
    }
  }

  private static final class Adagrad extends RowRule {
    private final float epsilon;
    private final float initialSum;

    Adagrad(RowOptimizer config) {
      epsilon = config.epsilon();
      initialSum = config.initialSum();
    }

    @Override
    List<String> stateNames() {
      return List.of("sum");
    }

    @Override
    boolean counts() {
      return false;
    }

    @Override
    float initialState() {
      return initialSum;
    }

    @Override
    void update(float[] w, float[][] state, float[] g, float rate, long updates) {
      float[] sum = state[0];
      for (int i = 0; i < g.length; i++) {
        float square = sum[i] + g[i] * g[i];
        sum[i] = square;
        w[i] -= rate * g[i] / ((float) Math.sqrt(square) + epsilon);
      }
    }
  }

  private static final class Adam extends RowRule {
    /** Corrections of the first updates, which most rows of a long tail never leave. */
    private static final int KEPT = 4096;

    private final double beta1;
    private final double beta2;
    private final float epsilon;
    private final float[] correction1 = new float[KEPT];
    private final float[] rootCorrection2 = new float[KEPT];

    Adam(RowOptimizer config) {
      beta1 = config.beta1();
      beta2 = config.beta2();
      epsilon = config.epsilon();
      for (int t = 1; t < KEPT; t++) {
        correction1[t] = correction(beta1, t);
        rootCorrection2[t] = (float) Math.sqrt(correction(beta2, t));
      }
    }

    /** 1 / (1 - beta^t); StrictMath: the same bits on every machine and compiler tier. */
    private static float correction(double beta, long t) {
      return (float) (1 / (1 - StrictMath.pow(beta, (double) t)));
    }

    @Override
    List<String> stateNames() {
      return List.of("exp_avg", "exp_avg_sq");
    }

    @Override
    boolean counts() {
      return true;
    }

    @Override
    float initialState() {
      return 0;
    }

    @Override
    void update(float[] w, float[][] state, float[] g, float rate, long updates) {
      boolean kept = updates < KEPT;
      float size = rate * (kept ? correction1[(int) updates] : correction(beta1, updates));
      float root =
          kept ? rootCorrection2[(int) updates] : (float) Math.sqrt(correction(beta2, updates));
      float[] mean = state[0];
      float[] square = state[1];
      float keep1 = (float) beta1;
      float keep2 = (float) beta2;
      float rest1 = 1 - keep1;
      float rest2 = 1 - keep2;
      for (int i = 0; i < g.length; i++) {
        float m = keep1 * mean[i] + rest1 * g[i];
        float v = keep2 * square[i] + rest2 * g[i] * g[i];
        mean[i] = m;
        square[i] = v;
        w[i] -= size * m / ((float) Math.sqrt(v) * root + epsilon);
      }
    }
  }
}
