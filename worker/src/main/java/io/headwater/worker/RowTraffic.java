package io.headwater.worker;

/**
 * What crossed the wire for some text.
 *
 * @param words read
 * @param sentBytes of the frames to the shards
 * @param receivedBytes of the frames from the shards
 */
public record RowTraffic(long words, long sentBytes, long receivedBytes) {}
