package io.headwater.ps.optimizer;

import io.headwater.checkpoint.TensorLayout;
import java.util.Arrays;

/** Where in the flat vector each tensor ends, and whether it is a matrix, which alone decays. */
final class TensorRuns {
  private final long[] ends;
  private final boolean[] decays;

  TensorRuns(TensorLayout layout) {
    ends = layout.entries().stream().mapToLong(TensorLayout.Entry::end).toArray();
    decays = new boolean[ends.length];
    for (int i = 0; i < decays.length; i++) {
      decays[i] = layout.entries().get(i).decays();
    }
  }

  int tensors() {
    return ends.length;
  }

  /** Number of the tensor that holds an element. */
  int tensor(long element) {
    int at = Arrays.binarySearch(ends, element);
    return at >= 0 ? at + 1 : -at - 1;
  }

  long end(int tensor) {
    return ends[tensor];
  }

  boolean decays(int tensor) {
    return decays[tensor];
  }
}
