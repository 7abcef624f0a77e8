package io.headwater.model;

import java.util.Objects;

/**
 * Sequences with spans left out and the text of these spans; both sides are padded on the right to
 * one length each.
 *
 * @param sequences B
 * @param inputs what the encoder reads, (B, T) row-major; what stands behind a sequence's end does
 *     not matter
 * @param lengths real tokens of each input, in [1, T]
 * @param targets what the decoder is to write, (B, U) row-major; {@link TokenBatch#IGNORED} fills
 *     up a row
 * @param labelSmoothing in the loss that is learnt from, see {@link
 *     io.headwater.model.layers.TiedHead}
 * @param seed of the dropout: the same batch gives the same bits
 */
public record SpanBatch(
    int sequences, int[] inputs, int[] lengths, int[] targets, double labelSmoothing, long seed)
    implements Batch {
  /** Without smoothing. */
  public SpanBatch(int sequences, int[] inputs, int[] lengths, int[] targets, long seed) {
    this(sequences, inputs, lengths, targets, 0, seed);
  }

  public SpanBatch {
    Objects.requireNonNull(inputs, "inputs");
    boolean shaped =
        sequences >= 1
            && inputs.length >= sequences
            && inputs.length % sequences == 0
            && lengths.length == sequences
            && targets.length >= sequences
            && targets.length % sequences == 0;
    if (!shaped) {
      throw new IllegalArgumentException(
          "Cannot make a batch of %d sequences from %d inputs, %d lengths and %d targets"
              .formatted(sequences, inputs.length, lengths.length, targets.length));
    }
    int length = inputs.length / sequences;
    for (int tokens : lengths) {
      if (tokens < 1 || tokens > length) {
        throw new IllegalArgumentException(
            "Cannot make a batch: a sequence of " + tokens + " tokens in a length of " + length);
      }
    }
  }

  /** T, of the inputs. */
  public int length() {
    return inputs.length / sequences;
  }

  /** U, of the targets. */
  public int targetLength() {
    return targets.length / sequences;
  }

  /** Targets of a sequence that are none that fill it up. */
  public int wanted(int row) {
    int wanted = 0;
    for (int i = row * targetLength(); i < (row + 1) * targetLength(); i++) {
      wanted += targets[i] == TokenBatch.IGNORED ? 0 : 1;
    }
    return wanted;
  }

  @Override
  public int tokens() {
    return inputs.length + targets.length;
  }
}
