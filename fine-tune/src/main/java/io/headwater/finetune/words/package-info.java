/**
 * Classifiers of texts from word vectors: a {@link io.headwater.finetune.words.WordClassification}
 * makes one of vectors and labelled texts, as the program fastText does with its own.
 */
package io.headwater.finetune.words;
