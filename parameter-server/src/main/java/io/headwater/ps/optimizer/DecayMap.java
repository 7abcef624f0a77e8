package io.headwater.ps.optimizer;

import io.headwater.checkpoint.TensorLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Which elements of the flat vector decay: runs of elements that do or do not, alternating. */
final class DecayMap {
  private final long[] ends; // of each run
  private final boolean[] decays;

  DecayMap(TensorLayout layout) {
    List<Long> runEnds = new ArrayList<>();
    List<Boolean> runDecays = new ArrayList<>();
    for (TensorLayout.Entry entry : layout.entries()) {
      int last = runEnds.size() - 1;
      if (last >= 0 && runDecays.get(last) == entry.decays()) {
        runEnds.set(last, entry.end());
      } else {
        runEnds.add(entry.end());
        runDecays.add(entry.decays());
      }
    }
    ends = runEnds.stream().mapToLong(Long::longValue).toArray();
    decays = new boolean[ends.length];
    for (int i = 0; i < decays.length; i++) {
      decays[i] = runDecays.get(i);
    }
  }

  /** Index of the run that holds an element. */
  int run(long element) {
    int at = Arrays.binarySearch(ends, element);
    return at >= 0 ? at + 1 : -at - 1;
  }

  long end(int run) {
    return ends[run];
  }

  boolean decays(int run) {
    return decays[run];
  }
}
