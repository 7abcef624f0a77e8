package io.headwater.finetune;

import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.LabelledBatch;
import io.headwater.model.SequenceClassifier;

/** What of a classifier an optimizer updates. */
interface TrainedWeights extends AutoCloseable {
  TensorLayout layout();

  FlatVector parameters();

  /** What the last call of {@link #gradient} wrote. */
  FlatVector gradients();

  /**
   * Forward and backward.
   *
   * @return mean cross-entropy in nats
   */
  double gradient(LabelledBatch batch);

  /** Makes the classifier one of the parameters as they are now. */
  void apply();

  @Override
  void close();

  /** All weights of a classifier, in its own vectors. */
  static TrainedWeights all(SequenceClassifier classifier) {
    return new TrainedWeights() {
      @Override
      public TensorLayout layout() {
        return classifier.layout();
      }

      @Override
      public FlatVector parameters() {
        return classifier.parameters();
      }

      @Override
      public FlatVector gradients() {
        return classifier.gradients();
      }

      @Override
      public double gradient(LabelledBatch batch) {
        return classifier.gradient(batch);
      }

      @Override
      public void apply() {
        // The classifier computes with these very vectors.
      }

      @Override
      public void close() {
        // They are the classifier's.
      }
    };
  }
}
