package io.headwater.worker;

import java.util.Arrays;

/**
 * Documents cut into windows of nearly equal length, none longer than asked and none across
 * documents. Window {@code i} is found by binary search; 16 bytes are kept for each document.
 */
final class DocumentWindows {
  private final long[] starts; // of each document, and last the tokens of all
  private final long[] first; // first window of each document, and last the windows of all
  private final int longest;

  /**
   * A window.
   *
   * @param document it lies in
   * @param start its first token
   * @param length tokens
   */
  record Window(int document, long start, int length) {}

  DocumentWindows(long[] starts, int longest) {
    this.starts = starts;
    this.longest = longest;
    this.first = new long[starts.length];
    for (int document = 0; document + 1 < starts.length; document++) {
      first[document + 1] = first[document] + windows(document);
    }
  }

  long count() {
    return first[first.length - 1];
  }

  Window window(long index) {
    if (index < 0 || index >= count()) {
      throw new IndexOutOfBoundsException("window " + index + " of " + count());
    }
    int found = Arrays.binarySearch(first, index);
    int document = found >= 0 ? found : -found - 2;
    long tokens = starts[document + 1] - starts[document];
    long windows = windows(document);
    long within = index - first[document];
    long from = tokens * within / windows;
    long to = tokens * (within + 1) / windows;
    return new Window(document, starts[document] + from, (int) (to - from));
  }

  /** Documents are never empty, so that each has a window. */
  private long windows(int document) {
    return (starts[document + 1] - starts[document] + longest - 1) / longest;
  }
}
