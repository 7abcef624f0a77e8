package io.headwater.finetune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The order in which examples are trained on: another permutation each epoch, a function of seed
 * and epoch alone; the last batch of an epoch may be short.
 */
record BatchOrder(int examples, int batchSize, long seed) {
  long batchesPerEpoch() {
    return (examples + batchSize - 1) / batchSize;
  }

  List<int[]> epoch(int epoch) {
    int[] order = permutation(examples, new SplittableRandom(seed * 1_000_003 + epoch));
    List<int[]> batches = new ArrayList<>();
    for (int from = 0; from < examples; from += batchSize) {
      batches.add(Arrays.copyOfRange(order, from, Math.min(examples, from + batchSize)));
    }
    return batches;
  }

  /** Fisher-Yates. */
  static int[] permutation(int count, SplittableRandom random) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
