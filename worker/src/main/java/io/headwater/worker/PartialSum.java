package io.headwater.worker;

import io.headwater.checkpoint.FlatVector;
import io.headwater.model.GradientProgress;

/**
 * Takes a vector into another from the end to the beginning, as far as it is final, and says so of
 * the other: partial sums follow each other up the tree before the backward pass is over.
 */
final class PartialSum implements GradientProgress {
  private final FlatVector from;
  private final FlatVector into;
  private final boolean first;
  private final GradientProgress next;
  private long taken;

  private PartialSum(FlatVector from, FlatVector into, boolean first, GradientProgress next) {
    this.from = from;
    this.into = into;
    this.first = first;
    this.next = next;
    taken = from.elements();
  }

  /** {@code into = from}. */
  static PartialSum copying(FlatVector from, FlatVector into, GradientProgress next) {
    return new PartialSum(from, into, true, next);
  }

  /** {@code into += from}. */
  static PartialSum adding(FlatVector from, FlatVector into, GradientProgress next) {
    return new PartialSum(from, into, false, next);
  }

  @Override
  public void finalFrom(long element) {
    if (element >= taken) {
      return;
    }
    if (first) {
      into.copyFrom(from, element, taken);
    } else {
      into.add(from, element, taken);
    }
    taken = element;
    next.finalFrom(element);
  }
}
