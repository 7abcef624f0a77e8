package io.headwater.model;

import java.util.List;
import java.util.OptionalInt;

/** Writes text, a token at a time, after what it was given to read. */
public interface LanguageModel extends Pretrainable, TaskNetwork {
  @Override
  default double gradient(Batch batch) {
    return Pretrainable.super.gradient(batch);
  }

  /** All of it is pretrained. */
  @Override
  default boolean isNew(String tensor) {
    return false;
  }

  /**
   * Scores of the token that follows, computed anew from the whole text.
   *
   * @param prompt what was given to read; not empty
   * @param written what the model has written since; may be empty
   * @return unnormalised log-probabilities, one for each token of the vocabulary
   */
  float[] nextTokenLogits(int[] prompt, int[] written);

  /**
   * Reads prompts, to write after each of them.
   *
   * @param prompts none of them empty
   * @param tokens that will be written after a prompt, at most
   */
  Decoding decode(List<int[]> prompts, int tokens);

  /**
   * Examples of writing texts after prompts, of which only the texts count in the loss.
   *
   * @param prompts none of them empty, each at most {@link #promptRoom} of its text
   * @param texts with the token that ends them
   * @param labelSmoothing in the loss that is learnt from, in [0, 1)
   * @param seed of the dropout
   */
  Batch examples(List<int[]> prompts, List<int[]> texts, double labelSmoothing, long seed);

  /** Tokens that a prompt may have at most, for so many tokens to be written after it. */
  int promptRoom(int tokens);

  /** Whether prompts and texts are read by parts of their own, an encoder and a decoder. */
  boolean readsPromptsApart();

  /** The token with which the model ends a text; empty if the tokenizer says which. */
  OptionalInt endOfText();
}
