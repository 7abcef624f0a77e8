package io.headwater.corpus.tokenize;

import java.util.Arrays;

/** A growing array of token ids. */
final class Ids {
  private int[] ids;
  private int size;

  Ids(int capacity) {
    ids = new int[Math.max(16, capacity)];
  }

  void add(int id) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, Math.addExact(size, Math.max(size >> 1, 1)));
    }
    ids[size++] = id;
  }

  void addAll(int[] more) {
    for (int id : more) {
      add(id);
    }
  }

  int[] toArray() {
    return Arrays.copyOf(ids, size);
  }
}
