package io.headwater.model.word2vec;

/** One thread's part of an epoch. */
final class TrainingThread implements Runnable {
  /** Words between two looks at the clock of the learning rate. */
  private static final int REPORT_WORDS = 10_000;

  /** Takes words done since the last call, gives the learning rate. */
  interface Clock {
    float advance(long words);
  }

  private final Sentences sentences;
  private final Windows windows;
  private final LossMeter meter;
  private final Clock clock;
  private long centres;

  TrainingThread(Sentences sentences, Windows windows, LossMeter meter, Clock clock) {
    this.sentences = sentences;
    this.windows = windows;
    this.meter = meter;
    this.clock = clock;
  }

  @Override
  public void run() {
    int[] sentence = new int[Sentences.MOST_WORDS];
    long reported = 0;
    float rate = clock.advance(0);
    for (int length = sentences.next(sentence); length >= 0; length = sentences.next(sentence)) {
      centres += windows.train(sentence, length, rate);
      if (sentences.wordsRead() - reported >= REPORT_WORDS) {
        rate = clock.advance(sentences.wordsRead() - reported);
        reported = sentences.wordsRead();
      }
    }
    clock.advance(sentences.wordsRead() - reported);
  }

  EpochResult result() {
    return new EpochResult(sentences.wordsRead(), centres, meter.loss(), meter.pairs());
  }
}
