package io.headwater.finetune;

import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.Batch;
import io.headwater.model.TaskNetwork;

/** What of a network an optimizer updates. */
interface TrainedWeights extends AutoCloseable {
  TensorLayout layout();

  FlatVector parameters();

  /** What the last call of {@link #gradient} wrote. */
  FlatVector gradients();

  /**
   * Forward and backward.
   *
   * @return mean loss
   */
  double gradient(Batch batch);

  /** Makes the network one of the parameters as they are now. */
  void apply();

  @Override
  void close();

  /** All weights of a network, in its own vectors. */
  static TrainedWeights all(TaskNetwork network) {
    return new TrainedWeights() {
      @Override
      public TensorLayout layout() {
        return network.layout();
      }

      @Override
      public FlatVector parameters() {
        return network.parameters();
      }

      @Override
      public FlatVector gradients() {
        return network.gradients();
      }

      @Override
      public double gradient(Batch batch) {
        return network.gradient(batch);
      }

      @Override
      public void apply() {
        // The network computes with these very vectors.
      }

      @Override
      public void close() {
        // They are the network's.
      }
    };
  }
}
