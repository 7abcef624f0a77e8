package io.headwater.model.bert;

import io.headwater.checkpoint.UserException;
import io.headwater.model.MaskedBatch;
import io.headwater.model.Objective;

/**
 * Sizes of a BERT.
 *
 * @param vocabularySize V
 * @param contextLength longest sequence
 * @param layers transformer blocks
 * @param heads attention heads; divides {@code hiddenSize}
 * @param hiddenSize D
 * @param intermediateSize width inside the MLP
 * @param dropout part of the hidden values that is dropped in training
 * @param attentionDropout part of the attention weights that is dropped in training
 * @param layerNormEpsilon added to the variance
 * @param objective what it is pretrained on
 */
record BertConfig(
    int vocabularySize,
    int contextLength,
    int layers,
    int heads,
    int hiddenSize,
    int intermediateSize,
    double dropout,
    double attentionDropout,
    double layerNormEpsilon,
    Objective objective) {
  /** Kinds of segment: the first and the second of a pair. */
  static final int SEGMENTS = 2;

  BertConfig {
    check("vocabulary size", vocabularySize);
    check("context length", contextLength);
    check("number of layers", layers);
    check("number of heads", heads);
    check("hidden size", hiddenSize);
    check("intermediate size", intermediateSize);
    checkRate("dropout", dropout);
    checkRate("attention dropout", attentionDropout);
    if (hiddenSize % heads != 0) {
      throw new UserException(
          "Cannot make a BERT of width " + hiddenSize + ": " + heads + " heads do not divide it");
    }
    if (!(layerNormEpsilon > 0)) {
      throw new UserException(
          "Cannot make a BERT with layer-norm epsilon " + layerNormEpsilon + ": must be above 0");
    }
  }

  /**
   * As in {@link io.headwater.model.Pretrainable#trainingFlops}: all tokens go through the body,
   * those that are asked for through the masked tokens' head, and the first of each sequence
   * through that of pairs.
   */
  double trainingFlops(MaskedBatch batch) {
    double square = (double) hiddenSize * hiddenSize;
    double body = layers * (4 * square + 2.0 * hiddenSize * intermediateSize);
    double head = square + (double) vocabularySize * hiddenSize;
    double pairs = objective.nextSentence() ? square + SEGMENTS * hiddenSize : 0;
    double flops = 6 * (head * batch.wanted() + pairs * batch.sequences());
    for (double tokens : batch.lengths()) {
      flops += 6 * body * tokens + 12.0 * hiddenSize * layers * tokens * tokens;
    }
    return flops;
  }

  private static void check(String what, int value) {
    if (value < 1) {
      throw new UserException("Cannot make a BERT with " + what + " " + value + ": must be >= 1");
    }
  }

  private static void checkRate(String what, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new UserException(
          "Cannot make a BERT with " + what + " " + value + ": must be in [0, 1)");
    }
  }
}
