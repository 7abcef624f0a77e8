package io.headwater.model;

import java.util.List;

/** A pretrained body with a linear head that scores classes of each sequence. */
public interface SequenceClassifier extends Model {
  /** How a text becomes a sequence. */
  enum Framing {
    /** Its tokens; the last one is scored. A pair has an end of text between. */
    LAST_TOKEN,
    /** {@code [CLS] text [SEP]}, or {@code [CLS] text [SEP] text [SEP]}; the first is scored. */
    CLASSIFICATION_TOKEN
  }

  /** How a text becomes a sequence. */
  Framing framing();

  /** Name of the head's weight, (C, D). */
  String scoreTensor();

  /** Whether a tensor is not in a pretrained checkpoint of the family and starts from random. */
  boolean isNew(String tensor);

  /**
   * Names of the body's linear layers, without {@code .weight}: what low-rank adapters may go to.
   */
  List<String> linearLayers();

  /** Whether linear layers are stored as (in, out); else as (out, in). */
  boolean storesInputsFirst();

  /** Last parts of the names of the layers that adapters usually go to. */
  List<String> usualAdapterTargets();

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

  /** What the head scores, for each sequence: (B, D), row-major. */
  float[] features(LabelledBatch batch);

  /** Width D of {@link #features}. */
  int featureWidth();
}
