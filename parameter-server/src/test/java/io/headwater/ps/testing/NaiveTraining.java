package io.headwater.ps.testing;

import io.headwater.checkpoint.TensorLayout;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.protocol.MicroBatchRange;
import io.headwater.ps.protocol.RunSpecification;

/**
 * The same training, one element after the other, written from the formulas and sharing no
 * arithmetic with the code under test.
 */
public final class NaiveTraining {
  private final RunSpecification.Training training;
  private final float[] weights = ToyModel.initialWeights();
  private final float[] mean = new float[ToyModel.ELEMENTS];
  private final float[] square = new float[ToyModel.ELEMENTS];
  private double norm;

  public NaiveTraining(RunSpecification.Training training) {
    this.training = training;
  }

  public float[] weights() {
    return weights;
  }

  /** Gradient norm of the last step. */
  public double norm() {
    return norm;
  }

  public void run(long steps) {
    for (long step = 0; step < steps; step++) {
      step(step);
    }
  }

  private void step(long step) {
    int microBatches = training.microBatches();
    float[] gradient = ToyModel.gradient(weights, step, new MicroBatchRange(0, microBatches));
    float factor = 1f / microBatches;
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] *= factor;
    }
    norm = norm(gradient);
    OptimizerConfig config = training.optimizer();
    float clip = 1f;
    if (config.gradientClip() > 0 && norm > config.gradientClip()) {
      clip = (float) (config.gradientClip() / (norm + 1e-6));
    }
    float rate = training.learningRate().at(step);
    for (TensorLayout.Entry entry : ToyModel.LAYOUT.entries()) {
      float decay = entry.shape().size() >= 2 ? config.weightDecay() : 0f;
      for (int i = (int) entry.offset(); i < entry.end(); i++) {
        update(i, gradient[i] * clip, step, rate, decay);
      }
    }
  }

  private void update(int i, float g, long step, float rate, float decay) {
    OptimizerConfig config = training.optimizer();
    if (config.kind() == OptimizerConfig.Kind.SGD) {
      weights[i] = weights[i] - rate * (decay == 0 ? g : g + decay * weights[i]);
      return;
    }
    mean[i] = config.beta1() * mean[i] + (1 - config.beta1()) * g;
    square[i] = config.beta2() * square[i] + (1 - config.beta2()) * g * g;
    double correction1 = 1 - StrictMath.pow(config.beta1(), step + 1);
    double correction2 = 1 - StrictMath.pow(config.beta2(), step + 1);
    float size = (float) (rate / correction1);
    float root = (float) Math.sqrt(square[i]) * (float) (1 / Math.sqrt(correction2));
    weights[i] = weights[i] * (1 - rate * decay) - size * (mean[i] / (root + config.epsilon()));
  }

  private static double norm(float[] gradient) {
    double total = 0;
    for (int from = 0; from < gradient.length; from += ChunkSize.BLOCK) {
      double[] lanes = new double[8];
      for (int i = from; i < Math.min(from + ChunkSize.BLOCK, gradient.length); i++) {
        lanes[(i - from) % 8] += (double) gradient[i] * gradient[i];
      }
      total +=
          ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]))
              + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
    }
    return Math.sqrt(total);
  }
}
