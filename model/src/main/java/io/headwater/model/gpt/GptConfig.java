package io.headwater.model.gpt;

import io.headwater.checkpoint.UserException;
import io.headwater.model.Objective;
import io.headwater.model.TokenBatch;

/**
 * Sizes of a GPT.
 *
 * @param vocabularySize V
 * @param contextLength longest sequence
 * @param layers transformer blocks
 * @param heads attention heads; divides {@code hiddenSize}
 * @param hiddenSize D
 * @param layerNormEpsilon added to the variance
 * @param dropout in training
 * @param objective what it is pretrained on
 */
record GptConfig(
    int vocabularySize,
    int contextLength,
    int layers,
    int heads,
    int hiddenSize,
    double layerNormEpsilon,
    GptDropout dropout,
    Objective objective) {
  /** Without dropout, for the family's usual objective. */
  GptConfig(
      int vocabularySize,
      int contextLength,
      int layers,
      int heads,
      int hiddenSize,
      double layerNormEpsilon) {
    this(
        vocabularySize,
        contextLength,
        layers,
        heads,
        hiddenSize,
        layerNormEpsilon,
        GptDropout.NONE,
        Objective.CAUSAL_LM);
  }

  GptConfig {
    check("vocabulary size", vocabularySize);
    check("context length", contextLength);
    check("number of layers", layers);
    check("number of heads", heads);
    check("hidden size", hiddenSize);
    if (hiddenSize % heads != 0) {
      throw new UserException(
          "Cannot make a GPT of width " + hiddenSize + ": " + heads + " heads do not divide it");
    }
    if (!(layerNormEpsilon > 0)) {
      throw new UserException(
          "Cannot make a GPT with layer-norm epsilon " + layerNormEpsilon + ": must be above 0");
    }
  }

  GptConfig withObjective(Objective other) {
    return new GptConfig(
        vocabularySize, contextLength, layers, heads, hiddenSize, layerNormEpsilon, dropout, other);
  }

  /**
   * As in {@link io.headwater.model.Pretrainable#trainingFlops}. The output layer's weights are
   * those of the embedding, which is no product itself; attention counts as if it looked ahead.
   */
  double trainingFlops(TokenBatch batch) {
    double width = hiddenSize;
    double weights = 12 * layers * width * width + vocabularySize * width;
    double attention = 12 * layers * width * batch.length();
    return (6 * weights + attention) * batch.tokens();
  }

  int headSize() {
    return hiddenSize / heads;
  }

  private static void check(String what, int value) {
    if (value < 1) {
      throw new UserException("Cannot make a GPT with " + what + " " + value + ": must be >= 1");
    }
  }
}
