package io.headwater.model;

import java.util.Objects;

/**
 * Sequences of one length with the token that should follow at each place.
 *
 * @param sequences B
 * @param length T
 * @param inputs token ids, (B, T) row-major
 * @param targets token ids, (B, T) row-major; {@link #IGNORED} where nothing is asked
 * @param documents number of the document of each token, (B, T) row-major, which attention does not
 *     leave; empty if it may read all that stands before
 * @param labelSmoothing in the loss that is learnt from, see {@link
 *     io.headwater.model.layers.TiedHead}
 * @param seed of the dropout: the same batch gives the same bits
 */
public record TokenBatch(
    int sequences,
    int length,
    int[] inputs,
    int[] targets,
    int[] documents,
    double labelSmoothing,
    long seed)
    implements Batch {
  /** Target of a place that does not count. */
  public static final int IGNORED = -1;

  /** All of a sequence is one document; without smoothing, for models without dropout. */
  public TokenBatch(int sequences, int length, int[] inputs, int[] targets) {
    this(sequences, length, inputs, targets, new int[0], 0, 0);
  }

  public TokenBatch {
    Objects.requireNonNull(inputs, "inputs");
    Objects.requireNonNull(targets, "targets");
    Objects.requireNonNull(documents, "documents");
    if (sequences < 1 || length < 1) {
      throw new IllegalArgumentException(
          "Cannot make a batch of " + sequences + " sequences of length " + length);
    }
    if (inputs.length != sequences * length
        || targets.length != inputs.length
        || (documents.length != 0 && documents.length != inputs.length)) {
      throw new IllegalArgumentException(
          "Cannot make a batch of (%d, %d) from %d inputs, %d targets and %d documents"
              .formatted(sequences, length, inputs.length, targets.length, documents.length));
    }
  }

  @Override
  public int tokens() {
    return inputs.length;
  }
}
