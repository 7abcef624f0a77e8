package io.headwater.model.tensor;

import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.Model;

/** A model whose parameters and gradients are those of one space. */
public interface TensorModel extends Model {
  ParameterSpace space();

  @Override
  default TensorLayout layout() {
    return space().layout();
  }

  @Override
  default FlatVector parameters() {
    return space().parameters();
  }

  @Override
  default FlatVector gradients() {
    return space().gradients();
  }
}
