package io.headwater.model.word2vec;

/** Sentence by sentence, on the matrices themselves: for the only thread that writes them. */
record SentenceStretches(Sentences sentences, Windows windows, LossMeter meter, int[] sentence)
    implements Stretches {
  SentenceStretches(Sentences sentences, Windows windows, LossMeter meter) {
    this(sentences, windows, meter, new int[Sentences.MOST_WORDS]);
  }

  @Override
  public int next(float rate) {
    int length = sentences.next(sentence);
    return length < 0 ? -1 : windows.train(sentence, length, rate);
  }
}
