package io.headwater.model;

import java.util.Objects;

/**
 * Sequences padded on the right to one length.
 *
 * @param sequences B
 * @param length T
 * @param inputs token ids, (B, T) row-major; what stands behind a sequence's end does not matter
 * @param segments 0 or 1 for each token, (B, T) row-major
 * @param lengths real tokens of each sequence, in [1, T]
 * @param seed of the dropout: the same batch gives the same bits
 */
public record TextBatch(
    int sequences, int length, int[] inputs, int[] segments, int[] lengths, long seed) {
  /** Of one segment each, for a model without dropout. */
  public TextBatch(int sequences, int length, int[] inputs, int[] lengths) {
    this(sequences, length, inputs, new int[inputs.length], lengths, 0);
  }

  public TextBatch {
    Objects.requireNonNull(inputs, "inputs");
    if (sequences < 1
        || length < 1
        || inputs.length != sequences * length
        || segments.length != inputs.length
        || lengths.length != sequences) {
      throw new IllegalArgumentException(
          "Cannot make a batch of (%d, %d) from %d inputs, %d segments and %d lengths"
              .formatted(sequences, length, inputs.length, segments.length, lengths.length));
    }
    for (int tokens : lengths) {
      if (tokens < 1 || tokens > length) {
        throw new IllegalArgumentException(
            "Cannot make a batch: a sequence of " + tokens + " tokens in a length of " + length);
      }
    }
  }
}
