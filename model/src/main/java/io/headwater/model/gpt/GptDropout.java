package io.headwater.model.gpt;

import io.headwater.checkpoint.UserException;

/**
 * Parts that a GPT drops in training.
 *
 * @param embedding of the embeddings' sums
 * @param attention of the attention weights
 * @param residual of what attention and MLP add to the residual stream
 */
record GptDropout(double embedding, double attention, double residual) {
  static final GptDropout NONE = new GptDropout(0, 0, 0);

  GptDropout {
    check("embeddings", embedding);
    check("attention weights", attention);
    check("additions to the residual stream", residual);
  }

  private static void check(String what, double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new UserException(
          "Cannot make a GPT that drops " + rate + " of its " + what + ": must be in [0, 1)");
    }
  }
}
