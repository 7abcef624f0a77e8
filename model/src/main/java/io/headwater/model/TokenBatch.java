package io.headwater.model;

import java.util.Objects;

/**
 * Sequences of one length with the token that should follow at each place.
 *
 * @param sequences B
 * @param length T
 * @param inputs token ids, (B, T) row-major
 * @param targets token ids, (B, T) row-major; {@link #IGNORED} where nothing is asked
 */
public record TokenBatch(int sequences, int length, int[] inputs, int[] targets) implements Batch {
  /** Target of a place that does not count. */
  public static final int IGNORED = -1;

  public TokenBatch {
    Objects.requireNonNull(inputs, "inputs");
    Objects.requireNonNull(targets, "targets");
    if (sequences < 1 || length < 1) {
      throw new IllegalArgumentException(
          "Cannot make a batch of " + sequences + " sequences of length " + length);
    }
    if (inputs.length != sequences * length || targets.length != inputs.length) {
      throw new IllegalArgumentException(
          "Cannot make a batch of (%d, %d) from %d inputs and %d targets"
              .formatted(sequences, length, inputs.length, targets.length));
    }
  }

  @Override
  public int tokens() {
    return inputs.length;
  }
}
