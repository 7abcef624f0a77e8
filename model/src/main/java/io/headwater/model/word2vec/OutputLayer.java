package io.headwater.model.word2vec;

/** Which output rows a centre word is learnt from, and what each should say. */
interface OutputLayer {
  /** One for blocks of so many words, which should touch few rows; one thread's. */
  default OutputLayer forBlocks(int words) {
    return this;
  }

  /** A block begins. */
  default void begin(Draws draws) {}

  /** The most outputs that one centre has. */
  int mostOutputs();

  /** Rows of the output matrix. */
  int rows();

  /**
   * Fills in the outputs of a centre.
   *
   * @param labels 1 where the sigmoid of the product should be one, else 0
   * @return how many
   */
  int outputs(int centre, Draws draws, int[] outputs, float[] labels);
}
