package io.headwater.model.head;

import io.headwater.model.LabelledBatch;
import org.bytedeco.pytorch.Tensor;

/** Compares a head's outputs with what is asked. */
public interface Loss {
  /**
   * @param loss mean over what is asked
   * @param dOutputs its gradient, shaped as the outputs
   */
  record Result(double loss, Tensor dOutputs) {}

  /**
   * @param outputs (R, C): a row for each that the readout picked
   */
  Result of(Tensor outputs, LabelledBatch batch);
}
