package io.headwater.finetune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The order in which examples are trained on: another permutation each epoch, a function of seed
 * and epoch alone; one batch of an epoch may be short.
 *
 * @param lengths of the examples, in tokens
 * @param bucketed whether examples of like length are put together: pools of {@link #POOL} batches
 *     are sorted by length, and the batches then shuffled
 */
record BatchOrder(int[] lengths, int batchSize, long seed, boolean bucketed) {
  private static final int POOL = 16;

  long batchesPerEpoch() {
    return (lengths.length + batchSize - 1) / batchSize;
  }

  List<int[]> epoch(int epoch) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + epoch);
    int[] order = permutation(lengths.length, random);
    if (!bucketed) {
      return cut(order);
    }
    sortPools(order);
    List<int[]> batches = cut(order);
    return Arrays.stream(permutation(batches.size(), random)).mapToObj(batches::get).toList();
  }

  private void sortPools(int[] order) {
    int pool = POOL * batchSize;
    for (int from = 0; from < order.length; from += pool) {
      int to = Math.min(order.length, from + pool);
      int[] sorted =
          Arrays.stream(order, from, to)
              .boxed()
              .sorted(Comparator.comparingInt(row -> lengths[row]))
              .mapToInt(Integer::intValue)
              .toArray();
      System.arraycopy(sorted, 0, order, from, sorted.length);
    }
  }

  private List<int[]> cut(int[] order) {
    List<int[]> batches = new ArrayList<>();
    for (int from = 0; from < order.length; from += batchSize) {
      batches.add(Arrays.copyOfRange(order, from, Math.min(order.length, from + batchSize)));
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
