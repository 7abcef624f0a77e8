package io.headwater.model.head;

import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.layers.Dense;
import io.headwater.model.tensor.ParameterSpace;

/**
 * The linear layer of a head.
 *
 * @param name as the published class has it
 * @param biased whether it has a bias
 */
public record Scorer(String name, boolean biased) {
  /** (C, D). */
  public String weight() {
    return name + ".weight";
  }

  /** (C), where there is one. */
  public String bias() {
    return name + ".bias";
  }

  /** Appends the layer's tensors. */
  public void addTo(TensorLayout.Builder layout, int outputs, int width) {
    layout.add(weight(), outputs, width);
    if (biased) {
      layout.add(bias(), outputs);
    }
  }

  /** Whether a tensor is this layer's. */
  public boolean owns(String tensor) {
    return tensor.equals(weight()) || tensor.equals(bias());
  }

  Dense layer(ParameterSpace space) {
    return biased ? new Dense(space, name) : Dense.withoutBias(space, name);
  }
}
