package io.headwater.model.gpt;

import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.model.Execution;
import io.headwater.model.GradientProgress;
import io.headwater.model.layers.CausalAttention;
import io.headwater.model.layers.Dropout;
import io.headwater.model.layers.Embedding;
import io.headwater.model.layers.KeyValueCache;
import io.headwater.model.layers.LayerNorm;
import io.headwater.model.tensor.Buffers;
import io.headwater.model.tensor.Engine;
import io.headwater.model.tensor.Ids;
import io.headwater.model.tensor.ParameterSpace;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Everything of a GPT below its head: embeddings, blocks, final norm. */
final class GptBody implements AutoCloseable {
  private final GptConfig sizes;
  private final Execution execution;
  private final Device device;
  private final ParameterSpace space;
  private final Tensor tokens; // (V, D)
  private final Embedding embedding;
  private final List<GptBlock> blocks = new ArrayList<>();
  private final LayerNorm finalNorm;
  private Shape shape;

  GptBody(GptConfig sizes, TensorLayout layout, Execution execution) {
    this.sizes = sizes;
    this.execution = execution;
    this.device = Engine.device(execution);
    this.space = new ParameterSpace(layout, device, execution.precision());
    this.tokens = space.parameter(GptCheckpointMapping.TOKENS);
    this.embedding =
        new Embedding(space, GptCheckpointMapping.TOKENS, GptCheckpointMapping.POSITIONS);
    for (int layer = 0; layer < sizes.layers(); layer++) {
      blocks.add(new GptBlock(space, GptCheckpointMapping.block(layer), sizes));
    }
    this.finalNorm =
        new LayerNorm(space, GptCheckpointMapping.FINAL_NORM, sizes.layerNormEpsilon());
  }

  GptConfig sizes() {
    return sizes;
  }

  ParameterSpace space() {
    return space;
  }

  Embedding embedding() {
    return embedding;
  }

  /**
   * The buffers of one batch shape; those of the shape before are freed. To be called outside any
   * {@code PointerScope}, at the beginning of a computation.
   */
  Shape shape(int sequences, int length) {
    if (length > sizes.contextLength()) {
      throw new UserException(
          "Cannot read sequences of "
              + length
              + " tokens: the model's context length is "
              + sizes.contextLength());
    }
    Engine.enter(execution);
    if (shape == null || shape.sequences != sequences || shape.length != length) {
      if (shape != null) {
        shape.close();
      }
      shape = new Shape(sequences, length);
    }
    return shape;
  }

  Device device() {
    return device;
  }

  /** (V, D) */
  Tensor tokens() {
    return tokens;
  }

  /** Empty caches, one for each block. */
  List<KeyValueCache> caches(long sequences, long capacity) {
    List<KeyValueCache> caches = new ArrayList<>();
    for (int layer = 0; layer < sizes.layers(); layer++) {
      caches.add(new KeyValueCache(tokens, sequences, sizes.heads(), capacity, sizes.headSize()));
    }
    return caches;
  }

  /**
   * Reads tokens that go on from what caches hold.
   *
   * @param ids (R, T) row-major
   * @param places of the ids in their texts
   * @param caches of the R texts, to which the tokens are added
   * @param mask added to the scores of keys, broadcast to (R, H, T, Tk); null if there is none
   * @return the normed hidden states, (R * T, D), new
   */
  Tensor extend(int[] ids, int[] places, int sequences, List<KeyValueCache> caches, Tensor mask) {
    Engine.enter(execution);
    Tensor x =
        embedding.at(
            Ids.tensor(ids, sizes.vocabularySize(), device),
            Ids.tensor(places, sizes.contextLength(), device));
    for (int layer = 0; layer < blocks.size(); layer++) {
      x = blocks.get(layer).extend(x, sequences, caches.get(layer), mask);
    }
    return finalNorm.forward(x).y();
  }

  @Override
  public void close() {
    if (shape != null) {
      shape.close();
    }
    space.close();
  }

  /** Forward and backward passes over batches of B sequences of T tokens, N = B * T rows. */
  final class Shape implements AutoCloseable {
    private final int sequences;
    private final int length;
    private final Buffers buffers = new Buffers(device, execution.precision());
    private final Tensor hostIds;
    private final Tensor ids; // (N)
    private final Tensor embedded; // (N, D)
    private final Tensor dx; // (N, D)
    private final GptBlock.Scratch scratch;
    private final List<GptBlock.Activations> activations = new ArrayList<>();
    private final List<Tensor> inputs = new ArrayList<>(); // of blocks, if they are computed again
    private Tensor last; // (N, D), before the final norm
    private Dropout drops;
    private Tensor mask; // that keeps documents apart; null if none do
    private Tensor embeddingMask; // of the dropout; null if there is none
    private LayerNorm.Result normed;

    private Shape(int sequences, int length) {
      this.sequences = sequences;
      this.length = length;
      long rows = rows();
      this.hostIds = buffers.hostLongs(rows);
      this.ids = device.is_cpu() ? hostIds : buffers.longs(rows);
      this.embedded = buffers.floats(rows, sizes.hiddenSize());
      this.dx = buffers.floats(rows, sizes.hiddenSize());
      this.scratch = new GptBlock.Scratch(buffers, rows, sizes.hiddenSize());
      boolean again = execution.recomputesActivations();
      GptBlock.Activations kept = null;
      for (int layer = 0; layer < sizes.layers(); layer++) {
        if (kept == null || !again) {
          kept = new GptBlock.Activations(buffers, scratch, sizes, sequences, length);
        }
        activations.add(kept);
        if (again) {
          inputs.add(buffers.floats(rows, sizes.hiddenSize()));
        }
      }
    }

    long rows() {
      return (long) sequences * length;
    }

    /** Whose life ends with this shape's. */
    Buffers buffers() {
      return buffers;
    }

    /** (N, D): where the head puts the gradient of {@link #forward}'s result. */
    Tensor gradient() {
      return dx;
    }

    /**
     * @param inputs (B, T) row-major
     * @param documents (B, T) row-major numbers of documents that are read apart; empty if none are
     * @return the normed hidden states, (N, D)
     */
    Tensor forward(int[] inputs, int[] documents, Dropout dropout) {
      drops = dropout;
      space.upload();
      Ids.write(inputs, hostIds, sizes.vocabularySize());
      if (ids != hostIds) {
        ids.copy_(hostIds);
      }
      embedding.forward(ids, embedded, sequences, length);
      embeddingMask = drops.mask(embedded, sizes.dropout().embedding());
      Dropout.apply(embedded, embeddingMask);
      mask = documents.length == 0 ? null : apart(documents);
      Tensor x = embedded;
      for (int layer = 0; layer < blocks.size(); layer++) {
        x = forward(layer, x);
      }
      last = x;
      normed = finalNorm.forward(x);
      return normed.y();
    }

    private Tensor forward(int layer, Tensor x) {
      if (inputs.isEmpty()) {
        return compute(layer, x);
      }
      Tensor input = inputs.get(layer).copy_(x);
      try (PointerScope untilComputedAgain = new PointerScope()) {
        return compute(layer, input);
      }
    }

    private Tensor compute(int layer, Tensor x) {
      return blocks.get(layer).forward(x, mask, drops.part(layer), activations.get(layer), scratch);
    }

    private Tensor apart(int[] documents) {
      Tensor numbers = torch.tensor(documents).to(device, ScalarType.Int).view(sequences, length);
      return CausalAttention.mask(numbers, sizes.heads(), space.operandType());
    }

    /** Takes {@link #gradient()} down to the embeddings; the flat gradient is then complete. */
    void backward(GradientProgress progress) {
      dx.copy_(finalNorm.backward(last, normed, dx));
      for (int layer = blocks.size() - 1; layer >= 0; layer--) {
        try (PointerScope block = new PointerScope()) {
          if (!inputs.isEmpty()) {
            compute(layer, inputs.get(layer));
          }
          blocks.get(layer).backward(dx, activations.get(layer), scratch);
        }
        space.complete(blocks.get(layer).begin(), progress);
      }
      Dropout.apply(dx, embeddingMask);
      embedding.backward(ids, dx, sequences, length);
      space.complete(0, progress);
    }

    @Override
    public void close() {
      buffers.close();
    }
  }
}
