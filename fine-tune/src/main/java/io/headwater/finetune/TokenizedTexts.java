package io.headwater.finetune;

import io.headwater.model.LabelledBatch;
import java.util.Arrays;
import java.util.List;

/**
 * Labelled texts as framed sequences.
 *
 * @param texts each at most as long as the maximum length; never empty
 * @param labels number of each text's label
 * @param truncated texts that were longer
 * @param maxLength tokens
 */
record TokenizedTexts(List<TextFrame.Framed> texts, int[] labels, int truncated, int maxLength) {
  /** Batches are padded to a multiple of this, so that few shapes occur. */
  private static final int LENGTH_STEP = 8;

  static TokenizedTexts of(
      List<LabelledExample> examples, Labels labels, String file, TextFrame frame, int maxLength) {
    int[] numbers = examples.stream().mapToInt(example -> labels.indexOf(example, file)).toArray();
    List<TextFrame.Framed> all =
        examples.stream().map(example -> frame.frame(example, file, maxLength)).toList();
    int truncated = (int) all.stream().filter(TextFrame.Framed::truncated).count();
    return new TokenizedTexts(all, numbers, truncated, maxLength);
  }

  int size() {
    return labels.length;
  }

  /**
   * Some texts side by side, padded on the right.
   *
   * @param seed of the dropout
   */
  LabelledBatch batch(int[] rows, long seed) {
    int longest =
        Arrays.stream(rows).map(row -> texts.get(row).tokens().length).max().orElseThrow();
    int length = Math.min(maxLength, (longest + LENGTH_STEP - 1) / LENGTH_STEP * LENGTH_STEP);
    int[] inputs = new int[rows.length * length];
    int[] segments = new int[inputs.length];
    int[] lengths = new int[rows.length];
    int[] classes = new int[rows.length];
    for (int row = 0; row < rows.length; row++) {
      TextFrame.Framed text = texts.get(rows[row]);
      lengths[row] = text.tokens().length;
      System.arraycopy(text.tokens(), 0, inputs, row * length, lengths[row]);
      Arrays.fill(segments, row * length + text.second(), row * length + lengths[row], 1);
      classes[row] = labels[rows[row]];
    }
    return new LabelledBatch(rows.length, length, inputs, segments, lengths, classes, seed);
  }
}
