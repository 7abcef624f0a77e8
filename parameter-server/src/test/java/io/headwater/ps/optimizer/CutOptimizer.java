package io.headwater.ps.optimizer;

import io.headwater.checkpoint.TensorLayout;
import io.headwater.ps.protocol.ChunkSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** An optimizer as shards have it: the vector cut into ranges, those into chunks. */
final class CutOptimizer {
  private final int tensors;
  private final int elements;
  private final int chunk;
  private final int[] firstBlocks;
  private final List<Optimizer> ranges = new ArrayList<>();

  CutOptimizer(OptimizerConfig config, TensorLayout layout, int ranges, int chunk) {
    this.tensors = layout.entries().size();
    this.elements = (int) layout.elements();
    this.chunk = chunk;
    int blocks = ChunkSize.blocks(elements);
    firstBlocks = new int[ranges + 1];
    for (int i = 0; i < ranges; i++) {
      firstBlocks[i + 1] = blocks * (i + 1) / ranges;
      long from = (long) firstBlocks[i] * ChunkSize.BLOCK;
      long to = Math.min(elements, (long) firstBlocks[i + 1] * ChunkSize.BLOCK);
      this.ranges.add(new Optimizer(config, layout, from, to));
    }
  }

  /** State of the first range. */
  Map<String, float[][]> state() {
    return ranges.get(0).state();
  }

  void takeState(CutOptimizer other) {
    for (int i = 0; i < ranges.size(); i++) {
      Map<String, float[][]> mine = ranges.get(i).state();
      other.ranges.get(i).state().forEach((name, blocks) -> Blocks.copy(blocks, mine.get(name)));
    }
  }

  void step(long step, float[] weights, float[] gradient, float rate, float scale) {
    float[] updates = gradient.clone();
    ranges.forEach(range -> range.begin(step, rate));
    if (ranges.get(0).needsNorms()) {
      walk(weights, updates, scale, true);
      float[] trust = trust();
      ranges.forEach(range -> range.trust(trust));
    }
    walk(weights, updates, scale, false);
  }

  private float[] trust() {
    int[] pieces = {};
    double[][] sums = {{}, {}};
    for (Optimizer range : ranges) {
      TensorNorms norms = range.norms();
      if (norms.firstPiece() != pieces.length) {
        throw new AssertionError("piece " + norms.firstPiece() + " after " + pieces.length);
      }
      int first = pieces.length;
      int[] more = norms.tensors();
      pieces = Arrays.copyOf(pieces, first + more.length);
      System.arraycopy(more, 0, pieces, first, more.length);
      for (int i = 0; i < 2; i++) {
        sums[i] = Arrays.copyOf(sums[i], pieces.length);
        System.arraycopy(norms.sums()[i], 0, sums[i], first, more.length);
      }
    }
    return TensorNorms.trust(tensors, pieces, sums);
  }

  private void walk(float[] weights, float[] updates, float scale, boolean prepare) {
    for (int i = 0; i < ranges.size(); i++) {
      for (int block = firstBlocks[i]; block < firstBlocks[i + 1]; block++) {
        walk(ranges.get(i), block - firstBlocks[i], block, weights, updates, scale, prepare);
      }
    }
  }

  private void walk(
      Optimizer range,
      int inRange,
      int block,
      float[] weights,
      float[] updates,
      float scale,
      boolean prepare) {
    int from = block * ChunkSize.BLOCK;
    int size = Math.min(ChunkSize.BLOCK, elements - from);
    float[] values = Arrays.copyOfRange(weights, from, from + size);
    for (int offset = 0; offset < size; offset += chunk) {
      int count = Math.min(chunk, size - offset);
      float[] part = Arrays.copyOfRange(updates, from + offset, from + offset + count);
      if (prepare) {
        range.prepare(inRange, offset, values, part, count, scale);
        System.arraycopy(part, 0, updates, from + offset, count);
      } else {
        range.update(inRange, offset, values, part, count, scale);
      }
    }
    System.arraycopy(values, 0, weights, from, size);
  }
}
