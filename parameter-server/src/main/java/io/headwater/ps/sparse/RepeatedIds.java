package io.headwater.ps.sparse;

import java.util.Arrays;

/**
 * Adds up the gradients of ids that occur more than once in a set, in the order of appearance.
 *
 * <p>Keeps its memory for the next set. Single-threaded.
 */
final class RepeatedIds {
  private int[] slots = new int[0]; // place of the id's first occurrence plus one; 0: free
  private int capacity;

  /**
   * Moves the first occurrence of every id, with the sum of its gradients, to the front.
   *
   * @param ids the set; the first {@code count} count
   * @param gradients (count, columns)
   * @return the number of different ids
   */
  int sum(long[] ids, float[] gradients, int count, int columns) {
    clear(count);
    int unique = 0;
    for (int i = 0; i < count; i++) {
      int slot = slot(ids, ids[i]);
      if (slots[slot] == 0) {
        ids[unique] = ids[i];
        if (unique != i) {
          System.arraycopy(gradients, i * columns, gradients, unique * columns, columns);
        }
        slots[slot] = ++unique;
      } else {
        add(gradients, (slots[slot] - 1) * columns, i * columns, columns);
      }
    }
    return unique;
  }

  private static void add(float[] values, int to, int from, int columns) {
    for (int c = 0; c < columns; c++) {
      values[to + c] += values[from + c];
    }
  }

  private void clear(int count) {
    capacity = Math.max(16, Integer.highestOneBit(Math.max(1, count)) << 2);
    if (slots.length < capacity) {
      slots = new int[capacity];
    } else {
      Arrays.fill(slots, 0, capacity, 0);
    }
  }

  private int slot(long[] ids, long id) {
    int mask = capacity - 1;
    int slot = (int) IdHash.mix(id) & mask;
    while (slots[slot] != 0 && ids[slots[slot] - 1] != id) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}
