package io.headwater.ps.protocol;

import java.util.ArrayList;
import java.util.List;

/**
 * The binary tree in which the gradients of M micro-batches are added (see {@link
 * MicroBatchRange}), its nodes numbered in pre-order; the root is 0.
 */
public final class SummationTree {
  public static final int ROOT = 0;
  public static final int NONE = -1;

  private final int microBatches;
  private final int[] from;
  private final int[] to;
  private final int[] parent;
  private final int[] sibling;

  public SummationTree(int microBatches) {
    this.microBatches = microBatches;
    int nodes = 2 * microBatches - 1;
    from = new int[nodes];
    to = new int[nodes];
    parent = new int[nodes];
    sibling = new int[nodes];
    parent[ROOT] = NONE;
    sibling[ROOT] = NONE;
    build(ROOT, new MicroBatchRange(0, microBatches));
  }

  private void build(int node, MicroBatchRange range) {
    from[node] = range.from();
    to[node] = range.to();
    if (range.isLeaf()) {
      return;
    }
    int left = node + 1;
    int right = node + 2 * (range.middle() - range.from());
    parent[left] = node;
    parent[right] = node;
    sibling[left] = right;
    sibling[right] = left;
    build(left, range.left());
    build(right, range.right());
  }

  public int microBatches() {
    return microBatches;
  }

  /** How many nodes there are. */
  public int nodes() {
    return from.length;
  }

  public boolean contains(int node) {
    return node >= 0 && node < from.length;
  }

  public int parent(int node) {
    return parent[node];
  }

  public int sibling(int node) {
    return sibling[node];
  }

  public MicroBatchRange range(int node) {
    return new MicroBatchRange(from[node], to[node]);
  }

  /** Whether {@code node} is {@code other} or lies above it. */
  public boolean covers(int node, int other) {
    return from[node] <= from[other] && to[other] <= to[node];
  }

  /** The node of exactly these micro-batches, or {@link #NONE}. */
  public int node(MicroBatchRange range) {
    if (range.isEmpty() || range.to() > microBatches) {
      return NONE;
    }
    int node = ROOT;
    while (from[node] != range.from() || to[node] != range.to()) {
      if (to[node] - from[node] == 1) {
        return NONE;
      }
      int right = node + 2 * (((from[node] + to[node]) >>> 1) - from[node]);
      node = range.from() >= from[right] ? right : node + 1;
    }
    return node;
  }

  /** The fewest nodes that make up a range, in order. */
  public List<MicroBatchRange> decompose(MicroBatchRange range) {
    List<MicroBatchRange> nodes = new ArrayList<>();
    decompose(new MicroBatchRange(0, microBatches), range, nodes);
    return nodes;
  }

  private static void decompose(
      MicroBatchRange node, MicroBatchRange range, List<MicroBatchRange> into) {
    if (node.to() <= range.from() || range.to() <= node.from()) {
      return;
    }
    if (range.from() <= node.from() && node.to() <= range.to()) {
      into.add(node);
      return;
    }
    decompose(node.left(), range, into);
    decompose(node.right(), range, into);
  }
}
