package io.headwater.ps.testing;

import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.ps.optimizer.LocalOptimizer;
import io.headwater.ps.protocol.MicroBatchRange;
import io.headwater.ps.protocol.RunSpecification;
import java.nio.file.Path;

/**
 * A model of two blocks and a bit: the least that three shards can share, for tests that train
 * thousands of times.
 */
public final class SmallModel {
  public static final TensorLayout LAYOUT =
      TensorLayout.builder().add("weight", 330, 100).add("bias", 17).build();
  public static final int ELEMENTS = (int) LAYOUT.elements();

  private SmallModel() {}

  public static float[] initialWeights() {
    float[] weights = new float[ELEMENTS];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = noise(i, 0);
    }
    return weights;
  }

  /** Writes the initial weights as a checkpoint and returns its directory. */
  public static String writeInitial(Path output) {
    String directory = Checkpoint.directory(output.toString(), 0);
    try (FlatVector vector = FlatVector.allocate(ELEMENTS)) {
      vector.write(0, initialWeights(), 0, ELEMENTS);
      Checkpoint.write(directory, 0, LAYOUT, vector, ToyModel.description());
    }
    return directory;
  }

  /** Sum over the micro-batches of a node of the tree. */
  public static float[] gradient(float[] weights, long step, MicroBatchRange node) {
    float[] sum = new float[ELEMENTS];
    if (node.isLeaf()) {
      float shift = noise((int) step, node.from() + 1);
      for (int i = 0; i < sum.length; i++) {
        sum[i] = 0.1f * weights[i] * (1 + node.from()) + shift * (i & 63);
      }
      return sum;
    }
    float[] left = gradient(weights, step, node.left());
    float[] right = gradient(weights, step, node.right());
    for (int i = 0; i < sum.length; i++) {
      sum[i] = left[i] + right[i];
    }
    return sum;
  }

  /**
   * Whole numbers that depend on nothing but the batch, for sums that tell which batches they are
   * of, in whatever order: a batch that is there twice, or is not, changes each fourth of them.
   */
  public static float[] countable(long batch, MicroBatchRange node) {
    float[] sum = new float[ELEMENTS];
    for (int m = node.from(); m < node.to(); m++) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += (i & 3) == (batch & 3) ? 1 + (batch >> 2) + m : 0;
      }
    }
    return sum;
  }

  public static double loss(long step, int microBatch) {
    return 3 + noise((int) step, microBatch);
  }

  /** The weights after a training in one process, without the protocol. */
  public static float[] train(RunSpecification.Training training) {
    float[] weights = initialWeights();
    try (FlatVector parameters = FlatVector.allocate(ELEMENTS);
        FlatVector gradients = FlatVector.allocate(ELEMENTS)) {
      parameters.write(0, weights, 0, ELEMENTS);
      LocalOptimizer optimizer = new LocalOptimizer(training.optimizer(), LAYOUT);
      for (long step = 0; step < training.steps(); step++) {
        float[] mean = gradient(weights, step, new MicroBatchRange(0, training.microBatches()));
        float factor = 1f / training.microBatches();
        for (int i = 0; i < mean.length; i++) {
          mean[i] *= factor;
        }
        gradients.write(0, mean, 0, ELEMENTS);
        optimizer.step(parameters, gradients, training.learningRate().at(step));
        parameters.read(0, weights, 0, ELEMENTS);
      }
    }
    return weights;
  }

  private static float noise(int a, int b) {
    int x = a * 0x9E3779B9 + b * 0x85EBCA6B;
    x = (x ^ (x >>> 16)) * 0xC2B2AE35;
    return ((x >>> 8) - (1 << 23)) * 0x1p-27f;
  }
}
