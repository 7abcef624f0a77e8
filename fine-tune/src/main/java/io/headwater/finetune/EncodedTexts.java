package io.headwater.finetune;

import io.headwater.model.TextBatch;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Sequences, put side by side in batches.
 *
 * @param texts each at most as long as the maximum length; never empty
 * @param maxLength tokens
 */
public record EncodedTexts(List<TextEncoder.Encoded> texts, int maxLength) {
  /** Batches are padded to a multiple of this, so that few shapes occur. */
  private static final int LENGTH_STEP = 8;

  private static final int SCORING_BATCH = 32; // fixed, so that scores do not depend on settings

  public EncodedTexts {
    texts = List.copyOf(texts);
  }

  public int size() {
    return texts.size();
  }

  public int length(int row) {
    return texts.get(row).tokens().length;
  }

  public int truncated() {
    return (int) texts.stream().filter(TextEncoder.Encoded::truncated).count();
  }

  /**
   * Some sequences side by side, padded on the right.
   *
   * @param seed of the dropout
   */
  public TextBatch batch(int[] rows, long seed) {
    int longest = Arrays.stream(rows).map(this::length).max().orElseThrow();
    int length = Math.min(maxLength, (longest + LENGTH_STEP - 1) / LENGTH_STEP * LENGTH_STEP);
    int[] inputs = new int[rows.length * length];
    int[] segments = new int[inputs.length];
    int[] lengths = new int[rows.length];
    for (int row = 0; row < rows.length; row++) {
      TextEncoder.Encoded text = texts.get(rows[row]);
      lengths[row] = text.tokens().length;
      System.arraycopy(text.tokens(), 0, inputs, row * length, lengths[row]);
      int second = Math.min(text.second(), lengths[row]);
      Arrays.fill(segments, row * length + second, row * length + lengths[row], 1);
    }
    return new TextBatch(rows.length, length, inputs, segments, lengths, seed);
  }

  /** Takes what a network says of a batch. */
  public interface Visitor {
    /**
     * @param rows places of the batch's sequences in this list
     */
    void accept(int[] rows, TextBatch batch);
  }

  /** Visits all sequences in batches of like length, without dropout. */
  public void inBatches(Visitor visitor) {
    int[] byLength =
        IntStream.range(0, size())
            .boxed()
            .sorted(Comparator.comparingInt(this::length))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int from = 0; from < byLength.length; from += SCORING_BATCH) {
      int[] rows =
          Arrays.copyOfRange(byLength, from, Math.min(byLength.length, from + SCORING_BATCH));
      visitor.accept(rows, batch(rows, 0));
    }
  }

  /**
   * A row of numbers for each sequence.
   *
   * @param computation gives as many numbers for each sequence of a batch, row-major
   */
  public float[][] rows(Function<TextBatch, float[]> computation) {
    float[][] all = new float[size()][];
    inBatches(
        (rows, batch) -> {
          float[] values = computation.apply(batch);
          int width = values.length / rows.length;
          for (int row = 0; row < rows.length; row++) {
            all[rows[row]] = Arrays.copyOfRange(values, row * width, (row + 1) * width);
          }
        });
    return all;
  }
}
