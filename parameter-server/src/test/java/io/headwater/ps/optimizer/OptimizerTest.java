package io.headwater.ps.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.checkpoint.TensorLayout;
import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.testing.ToyModel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The float32 update rules against the formulas in double precision. */
class OptimizerTest {
  private static final int STEPS = 20;
  private static final float RATE = 0.01f;
  private static final float SCALE = 0.5f;

  @ParameterizedTest
  @EnumSource
  void followsTheFormulasInDoublePrecision(OptimizerConfig.Kind kind) {
    OptimizerConfig config = new OptimizerConfig(kind, 0.9f, 0.95f, 1e-8f, 0.1f, 0f);
    Optimizer optimizer = new Optimizer(config, ToyModel.LAYOUT, 0, ToyModel.ELEMENTS);
    float[][] weights = Blocks.allocate(ToyModel.ELEMENTS);
    double[] expected = new double[ToyModel.ELEMENTS];
    float[] initial = ToyModel.initialWeights();
    for (int i = 0; i < initial.length; i++) {
      weights[i / ChunkSize.BLOCK][i % ChunkSize.BLOCK] = initial[i];
      expected[i] = initial[i];
    }
    double[] mean = new double[ToyModel.ELEMENTS];
    double[] square = new double[ToyModel.ELEMENTS];
    for (int step = 0; step < STEPS; step++) {
      float[] gradient = ToyModel.gradient(initial, step, 0);
      update(optimizer, step, weights, gradient);
      reference(config, step, expected, mean, square, gradient);
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) weights[i / ChunkSize.BLOCK][i % ChunkSize.BLOCK])
          .as("element %d", i)
          .isCloseTo(expected[i], within(2e-6));
    }
  }

  private static void update(Optimizer optimizer, int step, float[][] weights, float[] gradient) {
    optimizer.begin(step, RATE);
    for (int block = 0; block < weights.length; block++) {
      int count = Blocks.count(ToyModel.ELEMENTS, block);
      float[] part = new float[ChunkSize.BLOCK];
      System.arraycopy(gradient, block * ChunkSize.BLOCK, part, 0, count);
      optimizer.update(block, 0, weights[block], part, count, SCALE);
    }
  }

  private static void reference(
      OptimizerConfig config, int step, double[] w, double[] m, double[] v, float[] gradient) {
    for (TensorLayout.Entry entry : ToyModel.LAYOUT.entries()) {
      double decay = entry.shape().size() >= 2 ? config.weightDecay() : 0;
      for (int i = (int) entry.offset(); i < entry.end(); i++) {
        double g = (double) gradient[i] * SCALE;
        if (config.kind() == OptimizerConfig.Kind.SGD) {
          w[i] -= RATE * (g + decay * w[i]);
          continue;
        }
        m[i] = config.beta1() * m[i] + (1 - config.beta1()) * g;
        v[i] = config.beta2() * v[i] + (1 - config.beta2()) * g * g;
        double meanHat = m[i] / (1 - Math.pow(config.beta1(), step + 1));
        double squareHat = v[i] / (1 - Math.pow(config.beta2(), step + 1));
        w[i] -= RATE * decay * w[i];
        w[i] -= RATE * meanHat / (Math.sqrt(squareHat) + config.epsilon());
      }
    }
  }
}
