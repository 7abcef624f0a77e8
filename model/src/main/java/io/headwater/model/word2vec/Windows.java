package io.headwater.model.word2vec;

/** What the windows of a sentence are turned into; one per thread. */
interface Windows {
  /**
   * Trains on a sentence.
   *
   * @return centres that had a word beside them
   */
  int train(int[] sentence, int length, float rate);
}
