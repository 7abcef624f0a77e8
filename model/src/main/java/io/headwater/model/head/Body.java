package io.headwater.model.head;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.Framing;
import io.headwater.model.LinearLayers;
import io.headwater.model.TextBatch;
import io.headwater.model.layers.Dropout;
import io.headwater.model.tensor.ParameterSpace;
import org.bytedeco.pytorch.Tensor;

/**
 * A family's network below the heads: hidden states of a batch, and their gradient taken down to
 * the embeddings.
 *
 * <p>Its space also holds the head's parameters, so that all lie in one flat vector.
 */
public interface Body extends AutoCloseable {
  ParameterSpace space();

  /** {@code config.json} of a network with a head. */
  ObjectNode config(TaskHead head);

  int contextLength();

  /** Width D of a hidden state. */
  int width();

  /** Part of the values below a head that is dropped in training. */
  double dropout();

  Framing framing();

  LinearLayers linearLayers();

  /** Draws all parameters of the space. */
  void initialize(long seed);

  /** Whether a parameter of the body or its summary is not in its pretrained checkpoints. */
  boolean isNew(String tensor);

  /** The row that stands for a whole text. */
  Readout summary();

  /** The layer that scores summaries. */
  Scorer summaryScorer();

  /** Makes room for a batch; to be called outside any {@code PointerScope}. */
  void use(TextBatch batch);

  /**
   * @param batch the one that room was made for
   * @return (N, D), N = B * T
   */
  Tensor forward(TextBatch batch, Dropout drops);

  /** (N, D): where the head puts the gradient of {@link #forward}'s result. */
  Tensor gradient();

  /** Takes {@link #gradient()} down; the flat gradient is then complete. */
  void backward();

  @Override
  void close();
}
