package io.headwater.model;

/** A network that is fine-tuned on a task: a pretrained body with what the task needs above it. */
public interface TaskNetwork extends Model {
  /**
   * Forward and backward, all the way down.
   *
   * @return mean loss; {@link #gradients()} holds its gradient
   */
  double gradient(Batch batch);

  /** Whether a tensor is not in a pretrained checkpoint of the family and starts from random. */
  boolean isNew(String tensor);

  /**
   * The name of a parameter or layer in the class that {@code transformers} has for the network.
   */
  default String publishedName(String name) {
    return name;
  }

  /** What low-rank adapters may go to. */
  LinearLayers linearLayers();
}
