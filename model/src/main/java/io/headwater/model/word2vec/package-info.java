/**
 * Word2vec: a {@link io.headwater.model.word2vec.Word2VecModel} of two matrices, trained by {@link
 * io.headwater.model.word2vec.Word2VecTrainer} with skip-gram or CBOW over negative sampling or
 * hierarchical softmax. A small minibatch is a product of small matrices, done by a scalar or a
 * Vector API kernel.
 */
package io.headwater.model.word2vec;
