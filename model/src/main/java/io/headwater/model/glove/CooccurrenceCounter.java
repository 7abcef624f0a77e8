package io.headwater.model.glove;

import io.headwater.model.embedding.WordSequence;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;

/*
 * Counts are whole numbers, so that they can be added in any order: however the text is divided,
 * the sums have the same bits. A distance d counts ONE / d, rounded: within window 15 that is off by
 * less than 1.2e-7 of it, as a float32 is, and 1.4e11 meetings side by side fit.
 */
/**
 * Counts how often words meet within a window of a sentence: words at distance d count 1/d. A pair
 * comes out once for each time that the table of counts was full, in no order.
 */
public final class CooccurrenceCounter implements Iterator<PairCount> {
  /** The count of words side by side. */
  public static final long ONE = 1L << 26;

  /** Of the table: a key and a count, and room to grow. */
  private static final long BYTES_PER_SLOT = 24;

  private final Iterator<int[]> sentences;
  private final long[] counts; // by distance
  private final PairTable table;
  private int[] sentence = {};
  private int position;
  private Iterator<PairCount> ready = Collections.emptyIterator();

  /**
   * Makes a counter.
   *
   * @param sentences word numbers; {@link WordSequence#SENTENCE_END} divides and ends sentences
   * @param memoryBytes what the table may take
   */
  public CooccurrenceCounter(Iterator<int[]> sentences, int window, long memoryBytes) {
    this.sentences = sentences;
    this.counts = new long[window + 1];
    for (int distance = 1; distance <= window; distance++) {
      counts[distance] = Math.round((double) ONE / distance);
    }
    long slots = Math.min(1L << 30, Math.max(1, memoryBytes / BYTES_PER_SLOT));
    this.table = new PairTable((int) Long.highestOneBit(slots));
  }

  @Override
  public boolean hasNext() {
    if (!ready.hasNext()) {
      table.clear();
      fill();
      ready = table.iterator();
    }
    return ready.hasNext();
  }

  @Override
  public PairCount next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.next();
  }

  private void fill() {
    while (table.hasRoom(counts.length)) {
      if (position == sentence.length) {
        if (!sentences.hasNext()) {
          return;
        }
        sentence = sentences.next();
        position = 0;
      } else {
        count();
      }
    }
  }

  /** The word at the position with those before it. */
  private void count() {
    int word = sentence[position];
    int first = Math.max(0, position - counts.length + 1);
    for (int at = position - 1; at >= first && word >= 0 && sentence[at] >= 0; at--) {
      table.add(PairTable.key(sentence[at], word), counts[position - at]);
    }
    position++;
  }
}
