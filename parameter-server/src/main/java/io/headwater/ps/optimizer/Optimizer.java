package io.headwater.ps.optimizer;

import io.headwater.checkpoint.TensorLayout;
import io.headwater.ps.protocol.ChunkSize;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An update rule with its state, for one range of the flat vector that starts at a norm block.
 *
 * <p>Weights and state are kept in arrays of one norm block each. {@link #begin} opens a step.
 * Then, if the rule {@linkplain #needsNorms needs norms}, every part of the range is {@linkplain
 * #prepare prepared} and {@link #trust} says what the norms of all ranges make; in the end every
 * part is {@linkplain #update updated}. Not thread-safe.
 */
public final class Optimizer {
  /** Names of Adam's state, as in PyTorch and in the checkpoint. */
  public static final String FIRST_MOMENT = "exp_avg";

  public static final String SECOND_MOMENT = "exp_avg_sq";

  /** Name of the state of momentum. */
  public static final String MOMENTUM = "momentum_buffer";

  /** Name of Adagrad's state. */
  public static final String SUM = "sum";

  private final UpdateRule rule;
  private final float weightDecay;
  private final TensorRuns runs;
  private final long from;
  private final float[][][] state; // by block, by vector
  private final Map<String, float[][]> byName = new LinkedHashMap<>();
  private final TensorNorms norms;
  private final Slice slice = new Slice();
  private final float[] shifted = new float[ChunkSize.BLOCK]; // a gradient at its block's indices
  private float[] trust; // by tensor; null until known

  /**
   * @param from first element of the range: a multiple of {@link ChunkSize#BLOCK}
   * @param to one past the last
   */
  public Optimizer(OptimizerConfig config, TensorLayout layout, long from, long to) {
    this.rule = config.kind().rule(config);
    this.weightDecay = config.weightDecay();
    this.runs = new TensorRuns(layout);
    this.from = from;
    List<String> names = rule.stateNames();
    state = new float[ChunkSize.blocks(to - from)][names.size()][];
    for (int i = 0; i < names.size(); i++) {
      float[][] blocks = Blocks.allocate(to - from);
      for (int block = 0; block < blocks.length; block++) {
        state[block][i] = blocks[block];
      }
      byName.put(names.get(i), blocks);
    }
    norms = rule.needsNorms() ? new TensorNorms(runs, from, to) : null;
  }

  /** State vectors by name, in blocks; none for SGD. What is written to them counts. */
  public Map<String, float[][]> state() {
    return byName;
  }

  /** Whether a step has its first phase: {@link #prepare}, and {@link #trust} from the norms. */
  public boolean needsNorms() {
    return norms != null;
  }

  /** Norms of this range after its parts are prepared; only if the rule needs them. */
  public TensorNorms norms() {
    return norms;
  }

  /**
   * Opens a step.
   *
   * @param step number of updates made before
   */
  public void begin(long step, float learningRate) {
    rule.begin(step, learningRate);
    trust = null;
    if (norms != null) {
      norms.clear();
    }
  }

  /**
   * First phase: puts the update of {@code count} elements in the place of their gradient. The
   * parts of a block come in order. Parameters as for {@link #update}.
   */
  public void prepare(
      int block, int offset, float[] weights, float[] gradient, int count, float scale) {
    float[] aligned = align(gradient, offset, count);
    fill(block, weights, aligned, scale);
    long blockFrom = from + (long) block * ChunkSize.BLOCK;
    int end = offset + count;
    int next = offset;
    for (int tensor = runs.tensor(blockFrom + offset); next < end; tensor++) {
      next = select(tensor, blockFrom, next, end);
      rule.prepare(slice);
      if (norms != null && runs.decays(tensor)) {
        norms.add(tensor, blockFrom / ChunkSize.BLOCK, slice);
      }
    }
    if (offset != 0) {
      System.arraycopy(aligned, offset, gradient, 0, count);
    }
  }

  /** Says the factor of each tensor, from the norms of all ranges. */
  public void trust(float[] byTensor) {
    if (byTensor.length != runs.tensors()) {
      throw new IllegalArgumentException(
          "Cannot use " + byTensor.length + " factors for " + runs.tensors() + " tensors");
    }
    trust = byTensor.clone();
  }

  /**
   * Updates {@code count} weights of one block.
   *
   * @param block index of the block in the range
   * @param offset first element, in the block
   * @param weights the block's weights
   * @param gradient gradient of these elements, from 0 on; what {@link #prepare} made of it if the
   *     rule needs norms
   * @param scale multiplies the gradient
   */
  public void update(
      int block, int offset, float[] weights, float[] gradient, int count, float scale) {
    if (norms != null && trust == null) {
      throw new IllegalStateException("Cannot update weights: the norms of tensors are not known");
    }
    fill(block, weights, align(gradient, offset, count), scale);
    long blockFrom = from + (long) block * ChunkSize.BLOCK;
    int end = offset + count;
    int next = offset;
    for (int tensor = runs.tensor(blockFrom + offset); next < end; tensor++) {
      next = select(tensor, blockFrom, next, end);
      slice.trust = trust == null ? 1f : trust[tensor];
      rule.apply(slice);
    }
  }

  private float[] align(float[] gradient, int offset, int count) {
    if (offset == 0) {
      return gradient;
    }
    System.arraycopy(gradient, 0, shifted, offset, count);
    return shifted;
  }

  private void fill(int block, float[] weights, float[] gradient, float scale) {
    slice.weights = weights;
    slice.gradient = gradient;
    slice.state = state[block];
    slice.scale = scale;
  }

  /** Points the slice at what a tensor has of a block from {@code next} on; returns its end. */
  private int select(int tensor, long blockFrom, int next, int end) {
    slice.from = next;
    slice.to = (int) Math.min(end, runs.end(tensor) - blockFrom);
    slice.weightDecay = runs.decays(tensor) ? weightDecay : 0f;
    return slice.to;
  }
}
