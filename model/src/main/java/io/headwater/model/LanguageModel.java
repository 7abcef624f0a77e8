package io.headwater.model;

/** Predicts the next token. */
public interface LanguageModel extends Pretrainable {
  /** Forward only: mean cross-entropy in nats over the targets that are not ignored. */
  double loss(TokenBatch batch);

  /**
   * Scores of the token that follows.
   *
   * @param context tokens so far; only the last {@link #contextLength()} count; not empty
   * @return unnormalised log-probabilities, one for each token of the vocabulary
   */
  float[] nextTokenLogits(int[] context);
}
