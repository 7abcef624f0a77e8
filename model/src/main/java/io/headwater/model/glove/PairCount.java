package io.headwater.model.glove;

/**
 * How often two words met.
 *
 * @param key the lower word number in the upper half, the other in the lower half
 * @param count in units of 1 / {@link CooccurrenceCounter#ONE}
 */
public record PairCount(long key, long count) {}
