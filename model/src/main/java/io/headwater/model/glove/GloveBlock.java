package io.headwater.model.glove;

/**
 * Some entries, ready to be trained on once the rows that they need are there.
 *
 * @param wordRows rows of the words' table, two for each word that is touched
 * @param contextRows rows of the contexts' table likewise
 * @param entries two longs each, as those of a {@link Cooccurrence}; words have their number in the
 *     block
 */
public record GloveBlock(long[] wordRows, long[] contextRows, long[] entries) {
  int size() {
    return entries.length / Cooccurrence.LONGS;
  }
}
