package io.headwater.model.glove;

import io.headwater.model.embedding.Rows;
import io.headwater.model.word2vec.Kernels;

/**
 * What a kernel steps on: both matrices, or copies of some of their rows, the bias in the last
 * column.
 *
 * @param word (rows, dim + 1)
 * @param context (rows, dim + 1)
 * @param wordSquares sums of squared gradients of {@code word}
 * @param contextSquares those of {@code context}
 */
record GloveRows(Rows word, Rows context, Rows wordSquares, Rows contextSquares) {
  /** The one that is asked for. */
  GloveKernel kernel(Kernels kernels, GloveConfig config) {
    return kernels == Kernels.VECTOR
        ? new VectorGloveKernel(this, config.learningRate())
        : new ScalarGloveKernel(this, config.learningRate());
  }
}
