package io.headwater.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;

/**
 * Named parameters in one flat vector, and their gradients in another.
 *
 * <p>Not thread-safe; several models may compute at once in several threads. The same weights and
 * batch give the same bits on the same machine.
 */
public interface Model extends AutoCloseable {
  /** The {@code config.json} from which {@link ModelFamily} makes this model again. */
  ObjectNode config();

  /** Longest sequence, in tokens. */
  int contextLength();

  /** The parameters' names, shapes and places in {@link #parameters()}. */
  TensorLayout layout();

  /** All parameters; read by every computation as they are at that moment. */
  FlatVector parameters();

  /** The gradients that the last computation wrote, laid out as {@link #parameters()}. */
  FlatVector gradients();

  /** Draws fresh parameters: the same ones for the same seed. */
  void initialize(long seed);

  @Override
  void close();
}
