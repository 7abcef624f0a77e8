package io.headwater.model.word2vec;

import io.headwater.model.embedding.WordSequence;

/** The sentences of one part of a corpus, subsampled; a long one is cut. */
final class Sentences {
  static final int MOST_WORDS = 1000;
  private static final int BLOCK = 1 << 14;

  private final WordSequence corpus;
  private final long end;
  private final float[] keep;
  private final Draws draws;
  private final int[] block = new int[BLOCK];
  private long next;
  private int blockLength;
  private int blockPosition;
  private long wordsRead;

  Sentences(WordSequence corpus, long from, long to, float[] keep, Draws draws) {
    this.corpus = corpus;
    this.next = from;
    this.end = to;
    this.keep = keep;
    this.draws = draws;
  }

  /** Goes on where {@link #position} was, after {@code words} words. */
  Sentences from(long position, long words) {
    next = position;
    wordsRead = words;
    return this;
  }

  /** Where in the corpus the next sentence begins. */
  long position() {
    return next - (blockLength - blockPosition);
  }

  /** Words read so far, those left out included. */
  long wordsRead() {
    return wordsRead;
  }

  /**
   * Fills in the next sentence.
   *
   * @return its length, which may be 0; -1 at the end
   */
  int next(int[] sentence) {
    int length = 0;
    boolean any = false;
    while (length < MOST_WORDS && fill()) {
      int word = block[blockPosition++];
      any = true;
      if (word == WordSequence.SENTENCE_END) {
        return length;
      }
      wordsRead++;
      if (keep[word] >= 1 || draws.fraction() < keep[word]) {
        sentence[length++] = word;
      }
    }
    return any ? length : -1;
  }

  private boolean fill() {
    if (blockPosition == blockLength) {
      blockLength = (int) Math.min(BLOCK, end - next);
      blockPosition = 0;
      corpus.read(next, block, 0, blockLength);
      next += blockLength;
    }
    return blockLength > 0;
  }
}
