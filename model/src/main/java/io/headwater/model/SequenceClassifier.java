package io.headwater.model;

/** A language model's body with a linear head that scores classes at each sequence's last token. */
public interface SequenceClassifier extends Model {
  /** Number of classes C. */
  int labels();

  /**
   * Forward and backward through head and body.
   *
   * @return mean cross-entropy in nats; {@link #gradients()} holds its gradient
   */
  double gradient(LabelledBatch batch);

  /** Class scores before softmax: (B, C), row-major. */
  float[] logits(LabelledBatch batch);

  /** The body's last hidden state at each sequence's last token: (B, D), row-major. */
  float[] features(LabelledBatch batch);

  /** Width D of {@link #features}. */
  int featureWidth();
}
