package io.headwater.model.word2vec;

/**
 * Some sentences, ready to be trained on: all that chance decides is drawn, so it is known which
 * rows are needed.
 *
 * @param inputs rows of the input matrix, by their number in the block
 * @param outputs rows of the output matrix, by their number in the block
 * @param codes what is to be done, as {@link Tape} writes it
 * @param rate learning rate
 * @param words read, those left out included
 * @param centres words that have company
 */
public record Block(
    long[] inputs, long[] outputs, int[] codes, float rate, long words, int centres) {}
