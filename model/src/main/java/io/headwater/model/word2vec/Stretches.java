package io.headwater.model.word2vec;

/** A thread's part of a text, between whose stretches it may stop. */
interface Stretches {
  /**
   * Trains on the next sentences.
   *
   * @return centres that had a word beside them; -1 at the end
   */
  int next(float rate);

  /** What measures the loss. */
  LossMeter meter();
}
