package io.headwater.model.head;

import io.headwater.model.TextBatch;
import io.headwater.model.layers.Dropout;
import org.bytedeco.pytorch.Tensor;

/** Picks the rows that are scored out of a body's hidden states. */
public interface Readout {
  /**
   * @param hidden (N, D), N = B * T
   */
  Rows read(Tensor hidden, TextBatch batch, Dropout drops);

  /**
   * What was picked.
   *
   * @param values (R, D)
   * @param backward takes their gradient to the hidden states'
   */
  record Rows(Tensor values, Backward backward) {}

  /** The way back. */
  interface Backward {
    /**
     * Writes the gradients of the readout's own parameters.
     *
     * @param dRows (R, D)
     * @param dHidden (N, D), added to
     */
    void accept(Tensor dRows, Tensor dHidden);
  }
}
