package io.headwater.model.word2vec;

import io.headwater.model.embedding.Rows;

/**
 * One step of gradient ascent on a minibatch: every input row meets every output row.
 *
 * <p>The objective is the sum, over all pairs, of {@code log sigmoid(x . y)} where the output's
 * label is 1 and {@code log sigmoid(-x . y)} where it is 0. Products are taken before any row
 * changes, for all outputs. Then, output tile by output tile and column by column, each input takes
 * its step from the outputs as they are and the outputs theirs from the inputs before that step.
 *
 * <p>An instance has working memory of its own: one per thread.
 */
interface Kernel {
  /** Outputs that are updated together. */
  int TILE = 6;

  /** {@code rate} times the gradient is added to the rows. */
  void update(
      Rows in,
      int[] inputs,
      int inputCount,
      Rows out,
      int[] outputs,
      float[] labels,
      int outputCount,
      float rate);

  /** Puts the mean of rows into rows {@code at} and {@code at + 1} of {@code hidden}. */
  void average(Rows in, int[] inputs, int inputCount, Rows hidden, int at);

  /** Adds row {@code at} less row {@code at + 1} of {@code hidden} to each of the rows. */
  void spread(Rows hidden, int at, Rows in, int[] inputs, int inputCount);
}
