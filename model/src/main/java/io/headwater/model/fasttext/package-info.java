/**
 * fastText (arXiv:1607.04606): word2vec in which a word's vector is the mean of its own row and
 * those of its character n-grams, so that words never seen have vectors too. Training is that of
 * {@link io.headwater.model.word2vec}; here are the n-grams, the model and its file.
 */
package io.headwater.model.fasttext;
