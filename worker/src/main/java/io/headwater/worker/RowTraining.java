package io.headwater.worker;

import java.util.function.Supplier;

/** A worker's training, block by block, on rows that are brought to it. */
public interface RowTraining {
  /**
   * A part of what is read.
   *
   * @param size words, or co-occurrences
   * @param blocks gives one after the other, in the end null
   */
  record Part(long size, Supplier<RowBlock> blocks) {}

  /**
   * Some training whose rows are known. Blocks are made by one thread and trained on by another.
   *
   * @param inputs rows of the input table
   * @param outputs rows of the output table
   * @param training changes them
   */
  record RowBlock(long[] inputs, long[] outputs, OnRows training) {}

  /** What is done with a block's rows. */
  interface OnRows {
    /**
     * Trains.
     *
     * @param inputs values of the rows, row by row; overwritten with the new ones
     * @param outputs likewise
     */
    void train(float[] inputs, float[] outputs);
  }

  /** The part that is a batch of the run. */
  Part part(long batch);

  /** Mean loss since the last call; NaN if nothing was trained. */
  double takeLoss();
}
