/**
 * Cuts a line of text into words: a {@link io.headwater.corpus.words.Segmentation} says how, for
 * word vectors and all that is made of them.
 */
package io.headwater.corpus.words;
