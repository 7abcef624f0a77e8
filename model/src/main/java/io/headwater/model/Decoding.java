package io.headwater.model;

/**
 * Texts being written side by side, a token each at a time.
 *
 * <p>Keeps the attention keys and values of what was read, so that a token costs the work of one
 * row and not of the whole text. The scores are those of {@link LanguageModel#nextTokenLogits} up
 * to rounding. Not thread-safe; the model's parameters must stay as they are until it is closed.
 */
public interface Decoding extends AutoCloseable {
  /** Number of texts R. */
  int rows();

  /** Scores of the token that follows each text: (R, V) row-major, valid until it is advanced. */
  float[] logits();

  /**
   * Puts other texts, each one longer by a token, in place of these: text {@code i} becomes text
   * {@code rows[i]} with {@code tokens[i]} behind it. A text may be taken several times or never.
   *
   * @param rows of the texts to go on from; their number becomes R
   */
  void advance(int[] rows, int[] tokens);

  @Override
  void close();
}
