package io.headwater.worker;

/**
 * What crossed the wire for a part.
 *
 * @param words read; of GloVe, co-occurrences
 * @param sentBytes of the frames to the shards
 * @param receivedBytes of the frames from the shards
 */
public record RowTraffic(long words, long sentBytes, long receivedBytes) {}
