package io.headwater.model;

import java.util.Objects;

/**
 * Sequences with masked places, padded on the right to one length.
 *
 * @param sequences B
 * @param length T
 * @param inputs token ids, (B, T) row-major; what stands behind a sequence's end does not matter
 * @param segments 0 or 1 for each token, (B, T) row-major
 * @param lengths real tokens of each sequence, in [1, T]
 * @param positions places in their sequence whose token is asked for, (B, P) row-major
 * @param targets the tokens there, (B, P) row-major; {@link TokenBatch#IGNORED} fills up a row
 * @param nextSentence 0 where the second segment follows the first, 1 where it does not, (B); empty
 *     if that is not asked
 * @param seed of the dropout: the same batch gives the same bits
 */
public record MaskedBatch(
    int sequences,
    int length,
    int[] inputs,
    int[] segments,
    int[] lengths,
    int[] positions,
    int[] targets,
    int[] nextSentence,
    long seed)
    implements Batch {
  public MaskedBatch {
    Objects.requireNonNull(inputs, "inputs");
    boolean shaped =
        sequences >= 1
            && length >= 1
            && inputs.length == sequences * length
            && segments.length == inputs.length
            && lengths.length == sequences
            && positions.length >= sequences
            && positions.length % sequences == 0
            && targets.length == positions.length
            && (nextSentence.length == 0 || nextSentence.length == sequences);
    if (!shaped) {
      throw new IllegalArgumentException(
          "Cannot make a batch of (%d, %d) from %d inputs, %d segments, %d lengths, %d positions"
                  .formatted(
                      sequences,
                      length,
                      inputs.length,
                      segments.length,
                      lengths.length,
                      positions.length)
              + ", %d targets and %d labels".formatted(targets.length, nextSentence.length));
    }
    for (int tokens : lengths) {
      if (tokens < 1 || tokens > length) {
        throw new IllegalArgumentException(
            "Cannot make a batch: a sequence of " + tokens + " tokens in a length of " + length);
      }
    }
    for (int position : positions) {
      if (position < 0 || position >= length) {
        throw new IllegalArgumentException(
            "Cannot make a batch: place " + position + " in a length of " + length);
      }
    }
  }

  /** P, the most places asked for in a sequence. */
  public int predictions() {
    return positions.length / sequences;
  }

  /** Places asked for, without those that fill up a row. */
  public int wanted() {
    int wanted = 0;
    for (int target : targets) {
      wanted += target == TokenBatch.IGNORED ? 0 : 1;
    }
    return wanted;
  }

  @Override
  public int tokens() {
    return inputs.length;
  }
}
