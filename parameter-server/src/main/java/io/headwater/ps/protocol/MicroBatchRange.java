package io.headwater.ps.protocol;

/**
 * Consecutive micro-batches of a global batch.
 *
 * <p>Some ranges are nodes of the summation tree, the fixed association in which the M gradients of
 * a step are added: {@code sum(lo, hi)} is the gradient itself for one micro-batch, else {@code
 * sum(lo, mid) + sum(mid, hi)} with {@code mid = (lo + hi) >>> 1}. Whoever sums what lies under a
 * node must use that association too.
 *
 * @param from first micro-batch
 * @param to one past the last
 */
public record MicroBatchRange(int from, int to) {
  public MicroBatchRange {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException(
          "Cannot make a micro-batch range: [" + from + ", " + to + ")");
    }
  }

  public int size() {
    return to - from;
  }

  public boolean isEmpty() {
    return to == from;
  }

  public boolean isLeaf() {
    return size() == 1;
  }

  /** Where a node of more than one micro-batch splits: left is [from, middle). */
  public int middle() {
    return (from + to) >>> 1;
  }

  public MicroBatchRange left() {
    return new MicroBatchRange(from, middle());
  }

  public MicroBatchRange right() {
    return new MicroBatchRange(middle(), to);
  }

  @Override
  public String toString() {
    return "[" + from + ", " + to + ")";
  }
}
