package io.headwater.model.word2vec;

import java.util.Arrays;
import java.util.function.BooleanSupplier;

/** One thread's part of an epoch. */
final class TrainingThread implements Runnable {
  /** Words between two looks at the clock of the learning rate, and at whether to stop. */
  private static final int REPORT_WORDS = 10_000;

  /** Takes words done since the last call, gives the learning rate. */
  interface Clock {
    float advance(long words);
  }

  private final Sentences sentences;
  private final Stretches stretches;
  private final LossMeter meter;
  private final Draws draws;
  private final Clock clock;
  private final BooleanSupplier stop;
  private long centres;
  private boolean stopped;

  TrainingThread(
      Sentences sentences, Stretches stretches, Draws draws, Clock clock, BooleanSupplier stop) {
    this.sentences = sentences;
    this.stretches = stretches;
    this.meter = stretches.meter();
    this.draws = draws;
    this.clock = clock;
    this.stop = stop;
  }

  /** Goes on where another, of the same part, had this {@link #position}. */
  void restore(long[] position) {
    sentences.from(position[0], position[1]);
    draws.restore(position[2]);
    centres = position[3];
    meter.restore(Arrays.copyOfRange(position, 4, position.length));
  }

  /** Between two stretches. */
  long[] position() {
    long[] loss = meter.state();
    long[] position = new long[4 + loss.length];
    position[0] = sentences.position();
    position[1] = sentences.wordsRead();
    position[2] = draws.state();
    position[3] = centres;
    System.arraycopy(loss, 0, position, 4, loss.length);
    return position;
  }

  /** Whether it was asked to stop before its end. */
  boolean wasStopped() {
    return stopped;
  }

  long wordsRead() {
    return sentences.wordsRead();
  }

  @Override
  public void run() {
    long reported = sentences.wordsRead();
    float rate = clock.advance(0);
    for (int more = stretches.next(rate); more >= 0; more = stretches.next(rate)) {
      centres += more;
      if (sentences.wordsRead() - reported >= REPORT_WORDS) {
        rate = clock.advance(sentences.wordsRead() - reported);
        reported = sentences.wordsRead();
        if (stop.getAsBoolean()) {
          stopped = true;
          return;
        }
      }
    }
    clock.advance(sentences.wordsRead() - reported);
  }

  EpochResult result() {
    return new EpochResult(sentences.wordsRead(), centres, meter.loss(), meter.pairs());
  }
}
