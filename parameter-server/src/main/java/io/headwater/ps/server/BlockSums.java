package io.headwater.ps.server;

import io.headwater.ps.optimizer.GradientNorm;
import io.headwater.ps.optimizer.Kernels;
import io.headwater.ps.optimizer.ScaledSquares;
import io.headwater.ps.protocol.ShardRange;
import java.util.Arrays;

/**
 * The norm blocks of a step's mean gradient: which are complete, and the sums of their squares. For
 * one thread.
 */
final class BlockSums {
  static final int NONE = -1;

  private final ShardRange range;
  private final ChunkAggregator aggregator;
  private final float meanFactor;
  private final ScaledSquares kernel = ScaledSquares.best();
  private final double[] lanes = new double[Kernels.LANES];
  private final double[] squares;
  private final int[] chunksMissing; // by block
  private int blocksMissing;

  /**
   * @param meanFactor what makes the mean of the sum over all micro-batches
   */
  BlockSums(ShardRange range, ChunkAggregator aggregator, float meanFactor) {
    this.range = range;
    this.aggregator = aggregator;
    this.meanFactor = meanFactor;
    squares = new double[range.blocks()];
    chunksMissing = new int[range.blocks()];
  }

  /** Nothing is complete. */
  void open() {
    blocksMissing = range.blocks();
    Arrays.fill(chunksMissing, range.chunksPerBlock());
    chunksMissing[chunksMissing.length - 1] =
        range.chunks() - (range.blocks() - 1) * range.chunksPerBlock();
  }

  boolean areComplete() {
    return blocksMissing == 0;
  }

  /** Sums of squares, by block; of those that are complete. */
  double[] squares() {
    return squares;
  }

  /**
   * A chunk's sum over the micro-batches is complete. With the last one of a block, the block is
   * scaled to the mean.
   *
   * @return the block that it completes, or {@link #NONE}
   */
  int onChunk(int chunk) {
    int block = chunk / range.chunksPerBlock();
    if (--chunksMissing[block] > 0) {
      return NONE;
    }
    squares[block] = scaleAndSum(block);
    blocksMissing--;
    return block;
  }

  private double scaleAndSum(int block) {
    int first = block * range.chunksPerBlock();
    int end = Math.min(first + range.chunksPerBlock(), range.chunks());
    for (int chunk = first; chunk < end; chunk++) {
      kernel.scaleAndSum(aggregator.sum(chunk), range.chunkCount(chunk), meanFactor, lanes);
    }
    return GradientNorm.blockSum(lanes);
  }
}
