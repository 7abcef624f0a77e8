package io.headwater.ps.optimizer;

import io.headwater.checkpoint.TensorLayout;
import io.headwater.ps.protocol.ChunkSize;
import java.util.Map;

/**
 * An update rule with its state, for one range of the flat vector that starts at a norm block.
 *
 * <p>Weights and state are kept in arrays of one norm block each. {@link #begin} opens a step, then
 * every part of the range is updated once, in any order. Not thread-safe.
 */
public final class Optimizer {
  /** Names of AdamW's state, as in PyTorch and in the checkpoint. */
  public static final String FIRST_MOMENT = "exp_avg";

  public static final String SECOND_MOMENT = "exp_avg_sq";

  private final OptimizerConfig config;
  private final DecayMap decay;
  private final long from;
  private final float[][] mean;
  private final float[][] square;
  private final float[] shifted = new float[ChunkSize.BLOCK]; // a gradient at its block's indices
  private float rate;
  private AdamWStep adamW;

  /**
   * @param from first element of the range: a multiple of {@link ChunkSize#BLOCK}
   * @param to one past the last
   */
  public Optimizer(OptimizerConfig config, TensorLayout layout, long from, long to) {
    this.config = config;
    this.decay = new DecayMap(layout);
    this.from = from;
    boolean moments = config.kind() == OptimizerConfig.Kind.ADAMW;
    mean = moments ? Blocks.allocate(to - from) : new float[0][];
    square = moments ? Blocks.allocate(to - from) : new float[0][];
  }

  /** State vectors by name, in blocks; none for SGD. What is written to them counts. */
  public Map<String, float[][]> state() {
    return mean.length == 0 ? Map.of() : Map.of(FIRST_MOMENT, mean, SECOND_MOMENT, square);
  }

  /**
   * Opens a step.
   *
   * @param step number of updates made before
   */
  public void begin(long step, float learningRate) {
    rate = learningRate;
    if (config.kind() == OptimizerConfig.Kind.ADAMW) {
      adamW = AdamWStep.of(config, step, learningRate);
    }
  }

  /**
   * Updates {@code count} weights of one block.
   *
   * @param block index of the block in the range
   * @param offset first element, in the block
   * @param weights the block's weights
   * @param gradient gradient of these elements, from 0 on
   * @param scale multiplies the gradient
   */
  public void update(
      int block, int offset, float[] weights, float[] gradient, int count, float scale) {
    float[] aligned = gradient;
    if (offset != 0) {
      System.arraycopy(gradient, 0, shifted, offset, count);
      aligned = shifted;
    }
    long blockFrom = from + (long) block * ChunkSize.BLOCK;
    int end = offset + count;
    int next = offset;
    for (int run = decay.run(blockFrom + offset); next < end; run++) {
      int runEnd = (int) Math.min(end, decay.end(run) - blockFrom);
      float weightDecay = decay.decays(run) ? config.weightDecay() : 0f;
      updateRun(block, weights, aligned, next, runEnd, scale, weightDecay);
      next = runEnd;
    }
  }

  private void updateRun(
      int block,
      float[] weights,
      float[] gradient,
      int first,
      int end,
      float scale,
      float weightDecay) {
    if (config.kind() == OptimizerConfig.Kind.ADAMW) {
      float keep = 1 - rate * weightDecay;
      Kernels.adamW(weights, mean[block], square[block], gradient, first, end, scale, adamW, keep);
    } else if (weightDecay == 0) {
      Kernels.sgd(weights, gradient, first, end, scale, rate);
    } else {
      Kernels.sgdDecayed(weights, gradient, first, end, scale, rate, weightDecay);
    }
  }
}
