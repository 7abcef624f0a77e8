package io.headwater.ps.server;

import io.headwater.ps.optimizer.Kernels;
import io.headwater.ps.protocol.ChunkFrame;
import io.headwater.ps.protocol.SummationTree;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/*
 * Exactly once, and always the same bits.
 *
 * A chunk's gradient is the sum over the tree of micro-batches. What has arrived of it is a set of
 * disjoint nodes, each with its partial sum. A node that arrives is added to its sibling's sum if
 * that is there (a + b = b + a in floating point, so who came first does not matter), the pair
 * becomes the parent, and so on up; otherwise it is kept. At the root, the chunk is complete.
 *
 * A node below or at one that is already there was counted before and is dropped; that is the whole
 * of duplicate detection, and it needs no memory of senders. A node above some that are there holds
 * the same numbers and more, so it replaces them.
 */
/** Sums the pushed chunks of one step. */
final class ChunkAggregator {
  /** What became of a pushed chunk. */
  enum Result {
    DUPLICATE,
    PARTIAL,
    COMPLETE
  }

  private static final class PartialSum {
    final float[] values;
    int node;
    PartialSum next;

    PartialSum(int elements) {
      values = new float[elements];
    }
  }

  private final SummationTree tree;
  private final int chunkElements;
  private final PartialSum[] arrived; // per chunk: a list
  private final ArrayDeque<PartialSum> pool = new ArrayDeque<>();
  private final float[] incoming;

  ChunkAggregator(SummationTree tree, int chunks, int chunkElements) {
    this.tree = tree;
    this.chunkElements = chunkElements;
    this.arrived = new PartialSum[chunks];
    this.incoming = new float[chunkElements];
  }

  /**
   * Adds a pushed chunk, whose node, chunk and count must be valid.
   *
   * @param elements reads its elements into an array
   */
  Result add(ChunkFrame push, Consumer<float[]> elements) {
    int chunk = push.chunk();
    int node = push.node();
    for (PartialSum sum = arrived[chunk]; sum != null; sum = sum.next) {
      if (tree.covers(sum.node, node)) {
        return Result.DUPLICATE;
      }
    }
    removeBelow(chunk, node);
    PartialSum sum = remove(chunk, tree.sibling(node));
    if (sum == null) {
      sum = pool.isEmpty() ? new PartialSum(chunkElements) : pool.pop();
      elements.accept(sum.values);
      sum.node = node;
    } else {
      elements.accept(incoming);
      Kernels.add(sum.values, incoming, push.count());
      sum.node = tree.parent(node);
    }
    mergeUp(chunk, sum, push.count());
    return sum.node == SummationTree.ROOT ? Result.COMPLETE : Result.PARTIAL;
  }

  /** The sum of a complete chunk. */
  float[] sum(int chunk) {
    return arrived[chunk].values;
  }

  boolean isComplete(int chunk) {
    return arrived[chunk] != null && arrived[chunk].node == SummationTree.ROOT;
  }

  /** Forgets a chunk, for the next step. */
  void release(int chunk) {
    PartialSum sum = arrived[chunk];
    while (sum != null) {
      PartialSum next = sum.next;
      pool.push(sum);
      sum = next;
    }
    arrived[chunk] = null;
  }

  /** Whether all of a node's micro-batches are in the chunk's sums. */
  boolean has(int chunk, int node) {
    for (PartialSum sum = arrived[chunk]; sum != null; sum = sum.next) {
      if (tree.covers(sum.node, node)) {
        return true;
      }
    }
    return false;
  }

  private void mergeUp(int chunk, PartialSum sum, int count) {
    PartialSum sibling = remove(chunk, tree.sibling(sum.node));
    while (sibling != null) {
      Kernels.add(sum.values, sibling.values, count);
      pool.push(sibling);
      sum.node = tree.parent(sum.node);
      sibling = remove(chunk, tree.sibling(sum.node));
    }
    sum.next = arrived[chunk];
    arrived[chunk] = sum;
  }

  private void removeBelow(int chunk, int node) {
    PartialSum before = null;
    PartialSum sum = arrived[chunk];
    while (sum != null) {
      PartialSum next = sum.next;
      if (tree.covers(node, sum.node)) {
        unlink(chunk, before, sum);
        pool.push(sum);
      } else {
        before = sum;
      }
      sum = next;
    }
  }

  private PartialSum remove(int chunk, int node) {
    PartialSum before = null;
    for (PartialSum sum = arrived[chunk]; sum != null; sum = sum.next) {
      if (sum.node == node) {
        unlink(chunk, before, sum);
        return sum;
      }
      before = sum;
    }
    return null;
  }

  private void unlink(int chunk, PartialSum before, PartialSum sum) {
    if (before == null) {
      arrived[chunk] = sum.next;
    } else {
      before.next = sum.next;
    }
    sum.next = null;
  }
}
