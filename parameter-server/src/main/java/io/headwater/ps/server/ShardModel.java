package io.headwater.ps.server;

import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.ps.optimizer.Blocks;
import io.headwater.ps.optimizer.Optimizer;
import io.headwater.ps.optimizer.TensorNorms;
import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.protocol.ShardRange;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * One shard's part of the model: weights and optimizer state, and how many updates each chunk had.
 */
final class ShardModel {
  private final long run;
  private final int shard;
  private final TensorLayout layout;
  private final ShardRange range;
  private final float[][] weights;
  private final Optimizer optimizer;
  private final float[][][] states; // by slot; the same arrays
  private final long[] chunkSteps;
  private final long firstStep;
  private final int localSteps;

  private ShardModel(
      RunSpecification run, int shard, ShardRange range, TensorLayout layout, long step) {
    this.run = RunKey.of(run.runId());
    this.shard = shard;
    this.range = range;
    this.layout = layout;
    this.weights = Blocks.allocate(range.elements());
    this.optimizer = new Optimizer(run.training().optimizer(), layout, range.from(), range.to());
    this.states = new float[1 + optimizer.state().size()][][];
    states[0] = weights;
    int slot = 1;
    for (float[][] blocks : new TreeMap<>(optimizer.state()).values()) {
      states[slot++] = blocks;
    }
    this.chunkSteps = new long[range.chunks()];
    this.firstStep = step;
    this.localSteps = run.training().localSteps();
    Arrays.fill(chunkSteps, step);
  }

  /** Reads a shard's part from the run's checkpoint, which is verified first. */
  static ShardModel load(RunSpecification run, ShardEndpoint endpoint, int shards) {
    try (Checkpoint checkpoint = Checkpoint.open(run.checkpoints().from())) {
      TensorLayout layout = checkpoint.layout();
      int blocks = ChunkSize.blocks(layout.elements());
      if (shards > blocks) {
        throw new UserException(
            "Cannot split the model over "
                + shards
                + " parameter shards: its "
                + layout.elements()
                + " parameters make "
                + blocks
                + " blocks, so at most as many shards");
      }
      if (checkpoint.step() > run.training().steps()) {
        throw new UserException(
            "Cannot train until step "
                + run.training().steps()
                + ": the checkpoint "
                + run.checkpoints().from()
                + " is at step "
                + checkpoint.step()
                + " already");
      }
      ShardRange range =
          ShardRange.of(layout.elements(), endpoint.shard(), shards, endpoint.chunkElements());
      ShardModel model = new ShardModel(run, endpoint.shard(), range, layout, checkpoint.step());
      model.read(checkpoint);
      return model;
    }
  }

  private void read(Checkpoint checkpoint) {
    for (int block = 0; block < weights.length; block++) {
      long from = range.from() + (long) block * ChunkSize.BLOCK;
      checkpoint.readWeights(from, weights[block], 0, weights[block].length);
    }
    if (!checkpoint.hasOptimizerState()) {
      return;
    }
    for (Map.Entry<String, float[][]> state : optimizer.state().entrySet()) {
      float[][] blocks = state.getValue();
      for (int block = 0; block < blocks.length; block++) {
        long from = range.from() + (long) block * ChunkSize.BLOCK;
        checkpoint.readOptimizerState(state.getKey(), from, blocks[block], 0, blocks[block].length);
      }
    }
  }

  long run() {
    return run;
  }

  int shard() {
    return shard;
  }

  TensorLayout layout() {
    return layout;
  }

  ShardRange range() {
    return range;
  }

  /** Number of updates that the loaded weights have had. */
  long firstStep() {
    return firstStep;
  }

  float[][] weights() {
    return weights;
  }

  Map<String, float[][]> optimizerState() {
    return optimizer.state();
  }

  /** Number of vectors that make up the state: the weights, then each of the optimizer's. */
  int slots() {
    return 1 + optimizer.state().size();
  }

  /** The block that a chunk of a slot lies in. */
  float[] stateBlock(int slot, int chunk) {
    return states[slot][chunk / range.chunksPerBlock()];
  }

  /** Takes whatever the blocks hold, or will hold, as the state of a step. */
  void adopt(long step) {
    Arrays.fill(chunkSteps, step);
  }

  /** Bytes of weights and optimizer state. */
  long bytes() {
    return Float.BYTES * range.elements() * (1 + optimizer.state().size());
  }

  /** Number of updates that a chunk has had. */
  long chunkStep(int chunk) {
    return chunkSteps[chunk];
  }

  float[] block(int chunk) {
    return weights[chunk / range.chunksPerBlock()];
  }

  int offsetInBlock(int chunk) {
    return chunk % range.chunksPerBlock() * range.chunkElements();
  }

  /** Opens an update of all chunks. */
  void begin(long step, float learningRate) {
    optimizer.begin(step, learningRate);
  }

  /** Whether updates are prepared, and their norms known, before they are made. */
  boolean needsNorms() {
    return optimizer.needsNorms();
  }

  /** Puts one chunk's update in its gradient's place. */
  void prepare(int chunk, float[] gradient, float scale) {
    optimizer.prepare(
        chunk / range.chunksPerBlock(),
        offsetInBlock(chunk),
        block(chunk),
        gradient,
        range.chunkCount(chunk),
        scale);
  }

  TensorNorms norms() {
    return optimizer.norms();
  }

  /** Takes the factor of each tensor's update. */
  void trust(float[] byTensor) {
    optimizer.trust(byTensor);
  }

  /** Lets a step pass without an update of the chunk. */
  void skip(int chunk) {
    chunkSteps[chunk] += localSteps;
  }

  /** Updates one chunk. */
  void update(int chunk, float[] gradient, float scale) {
    optimizer.update(
        chunk / range.chunksPerBlock(),
        offsetInBlock(chunk),
        block(chunk),
        gradient,
        range.chunkCount(chunk),
        scale);
    chunkSteps[chunk] += localSteps;
  }
}
