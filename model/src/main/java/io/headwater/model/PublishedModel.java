package io.headwater.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;

/** The model of ours that takes a published folder's weights. */
public interface PublishedModel {
  /** Its {@code config.json}: sizes and labels of theirs, in the keys that we write. */
  ObjectNode config();

  TensorLayout layout();

  /** What a tensor of the folder is; a parameter that the layout lacks is unknown to us. */
  PublishedTensor tensor(String name);

  /** Whether a parameter is of a head that a bare body does not have. */
  default boolean isOfHead(String parameter) {
    return false;
  }

  /** Draws all parameters afresh, as for a new model. */
  default void draw(FlatVector parameters, long seed) {
    throw new IllegalStateException("Cannot draw weights: every parameter is published");
  }
}
