package io.headwater.finetune;

import io.headwater.checkpoint.UserException;
import io.headwater.corpus.tokenize.Tokenizer;
import io.headwater.model.LabelledBatch;
import java.util.Arrays;
import java.util.List;

/**
 * Labelled texts as tokens.
 *
 * @param tokens of each text, cut at the maximum length; never empty
 * @param labels number of each text's label
 * @param truncated texts that were longer
 * @param maxLength tokens
 */
record TokenizedTexts(List<int[]> tokens, int[] labels, int truncated, int maxLength) {
  /** Batches are padded to a multiple of this, so that few shapes occur. */
  private static final int LENGTH_STEP = 8;

  static TokenizedTexts of(
      List<LabelledExample> examples,
      Labels labels,
      String file,
      Tokenizer tokenizer,
      int maxLength) {
    int[] numbers = examples.stream().mapToInt(example -> labels.indexOf(example, file)).toArray();
    List<int[]> all = examples.stream().map(example -> tokenizer.encode(example.text())).toList();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).length == 0) {
        throw new UserException(
            "Cannot use "
                + file
                + ", line "
                + examples.get(i).line()
                + ": the tokenizer makes no token of its text");
      }
    }
    int truncated = (int) all.stream().filter(tokens -> tokens.length > maxLength).count();
    List<int[]> cut =
        all.stream()
            .map(tokens -> tokens.length > maxLength ? Arrays.copyOf(tokens, maxLength) : tokens)
            .toList();
    return new TokenizedTexts(cut, numbers, truncated, maxLength);
  }

  int size() {
    return labels.length;
  }

  /** Some texts side by side, padded on the right. */
  LabelledBatch batch(int[] rows) {
    int longest = Arrays.stream(rows).map(row -> tokens.get(row).length).max().orElseThrow();
    int length = Math.min(maxLength, (longest + LENGTH_STEP - 1) / LENGTH_STEP * LENGTH_STEP);
    int[] inputs = new int[rows.length * length];
    int[] lengths = new int[rows.length];
    int[] classes = new int[rows.length];
    for (int row = 0; row < rows.length; row++) {
      int[] text = tokens.get(rows[row]);
      System.arraycopy(text, 0, inputs, row * length, text.length);
      lengths[row] = text.length;
      classes[row] = labels[rows[row]];
    }
    return new LabelledBatch(rows.length, length, inputs, lengths, classes);
  }
}
