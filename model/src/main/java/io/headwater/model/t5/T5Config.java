package io.headwater.model.t5;

import io.headwater.checkpoint.UserException;
import io.headwater.model.SpanBatch;

/**
 * Sizes of a T5.
 *
 * @param tokens its vocabulary
 * @param contextLength longest input; positions are relative, so that no weight depends on it
 * @param layers blocks of the encoder
 * @param decoderLayers blocks of the decoder
 * @param heads attention heads
 * @param headSize width of a head; the heads together may be wider than D
 * @param hiddenSize D
 * @param intermediateSize width inside the feed-forward layer
 * @param buckets rows of the relative position bias
 * @param maxDistance from which on all distances share a bucket
 * @param dropout part of hidden values and attention weights that is dropped in training
 * @param normEpsilon added to the mean square
 */
record T5Config(
    SpanTokens tokens,
    int contextLength,
    int layers,
    int decoderLayers,
    int heads,
    int headSize,
    int hiddenSize,
    int intermediateSize,
    int buckets,
    int maxDistance,
    double dropout,
    double normEpsilon) {
  T5Config {
    check("context length", contextLength, 1);
    check("number of layers", layers, 1);
    check("number of decoder layers", decoderLayers, 1);
    check("number of heads", heads, 1);
    check("head size", headSize, 1);
    check("hidden size", hiddenSize, 1);
    check("intermediate size", intermediateSize, 1);
    check("number of position buckets", buckets, 4);
    check("largest distance", maxDistance, buckets);
    if (!(dropout >= 0 && dropout < 1)) {
      throw new UserException("Cannot make a T5 with dropout " + dropout + ": must be in [0, 1)");
    }
    if (!(normEpsilon > 0)) {
      throw new UserException(
          "Cannot make a T5 with norm epsilon " + normEpsilon + ": must be above 0");
    }
  }

  /**
   * As in {@link io.headwater.model.Pretrainable#trainingFlops}: an input token goes through the
   * encoder and becomes a key and a value of each cross-attention; a target token goes through the
   * decoder and the output layer.
   */
  double trainingFlops(SpanBatch batch) {
    double inner = innerSize();
    double projection = hiddenSize * inner; // of queries, keys, values or outputs
    double feedForward = 2.0 * hiddenSize * intermediateSize;
    double ofInput = layers * (4 * projection + feedForward) + decoderLayers * 2 * projection;
    double ofTarget =
        decoderLayers * (6 * projection + feedForward) + (double) vocabularySize() * hiddenSize;
    double flops = 0;
    for (int row = 0; row < batch.sequences(); row++) {
      double inputs = batch.lengths()[row];
      double targets = batch.wanted(row);
      flops += 6 * (ofInput * inputs + ofTarget * targets);
      flops += 12 * inner * layers * inputs * inputs;
      flops += 12 * inner * decoderLayers * targets * (targets + inputs);
    }
    return flops;
  }

  int vocabularySize() {
    return tokens.vocabularySize();
  }

  /** Width of all heads together. */
  int innerSize() {
    return heads * headSize;
  }

  private static void check(String what, int value, int least) {
    if (value < least) {
      throw new UserException(
          "Cannot make a T5 with " + what + " " + value + ": must be >= " + least);
    }
  }
}
