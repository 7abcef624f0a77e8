package io.headwater.model.bert;

import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.model.Execution;
import io.headwater.model.GradientProgress;
import io.headwater.model.layers.Attention;
import io.headwater.model.layers.Dropout;
import io.headwater.model.layers.Embedding;
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

/** Everything of a BERT below its heads: embeddings with their norm, and blocks. */
final class BertBody implements AutoCloseable {
  private final BertConfig sizes;
  private final Execution execution;
  private final Device device;
  private final ParameterSpace space;
  private final Embedding embedding;
  private final Tensor segments; // (2, D)
  private final Tensor segmentsGradient;
  private final LayerNorm embeddingNorm;
  private final List<BertBlock> blocks = new ArrayList<>();
  private Shape shape;

  BertBody(BertConfig sizes, TensorLayout layout, Execution execution) {
    this.sizes = sizes;
    this.execution = execution;
    this.device = Engine.device(execution);
    this.space = new ParameterSpace(layout, device, execution.precision());
    this.embedding =
        new Embedding(space, BertCheckpointMapping.WORDS, BertCheckpointMapping.POSITIONS);
    this.segments = space.parameter(BertCheckpointMapping.SEGMENTS);
    this.segmentsGradient = space.gradient(BertCheckpointMapping.SEGMENTS);
    this.embeddingNorm =
        new LayerNorm(space, BertCheckpointMapping.EMBEDDING_NORM, sizes.layerNormEpsilon());
    for (int layer = 0; layer < sizes.layers(); layer++) {
      blocks.add(new BertBlock(space, BertCheckpointMapping.layer(layer), sizes));
    }
  }

  BertConfig sizes() {
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
    private final Tensor hostSegments;
    private final Tensor ids; // (N)
    private final Tensor segmentIds; // (N)
    private final Tensor embedded; // (N, D)
    private final Tensor dx; // (N, D)
    private final BertBlock.Scratch scratch;
    private final List<BertBlock.Activations> activations = new ArrayList<>();
    private final List<Tensor> inputs = new ArrayList<>(); // of blocks, if they are computed again
    private LayerNorm.Result normed;
    private Tensor embeddingMask;
    private Dropout drops;
    private Tensor bias; // of all attention scores; null if there is none

    private Shape(int sequences, int length) {
      this.sequences = sequences;
      this.length = length;
      long rows = rows();
      this.hostIds = buffers.hostLongs(rows);
      this.hostSegments = buffers.hostLongs(rows);
      this.ids = device.is_cpu() ? hostIds : buffers.longs(rows);
      this.segmentIds = device.is_cpu() ? hostSegments : buffers.longs(rows);
      this.embedded = buffers.floats(rows, sizes.hiddenSize());
      this.dx = buffers.floats(rows, sizes.hiddenSize());
      this.scratch = new BertBlock.Scratch(buffers, rows, sizes);
      boolean again = execution.recomputesActivations();
      BertBlock.Activations kept = null;
      for (int layer = 0; layer < sizes.layers(); layer++) {
        if (kept == null || !again) {
          kept = new BertBlock.Activations(buffers, scratch, sizes, sequences, length);
        }
        activations.add(kept);
        if (again) {
          inputs.add(buffers.floats(rows, sizes.hiddenSize()));
        }
      }
      if (again) {
        inputs.add(buffers.floats(rows, sizes.hiddenSize())); // what comes out of the last one
      }
    }

    long rows() {
      return (long) sequences * length;
    }

    /** Whose life ends with this shape's. */
    Buffers buffers() {
      return buffers;
    }

    /** (N, D): where the heads put the gradient of {@link #forward}'s result. */
    Tensor gradient() {
      return dx;
    }

    /**
     * @param tokens (B, T) row-major
     * @param segmentsOfTokens (B, T) row-major
     * @param lengths real tokens of each sequence
     * @return the hidden states, (N, D)
     */
    Tensor forward(int[] tokens, int[] segmentsOfTokens, int[] lengths, Dropout drops) {
      this.drops = drops;
      space.upload();
      Ids.write(tokens, hostIds, sizes.vocabularySize());
      Ids.write(segmentsOfTokens, hostSegments, BertConfig.SEGMENTS);
      if (ids != hostIds) {
        ids.copy_(hostIds);
        segmentIds.copy_(hostSegments);
      }
      embedding.forward(ids, embedded, sequences, length);
      embedded.add_(segments.index_select(0, segmentIds));
      normed = embeddingNorm.forward(embedded);
      embeddingMask = drops.mask(normed.y(), sizes.dropout());
      Dropout.apply(normed.y(), embeddingMask);
      bias =
          Attention.bias(
              null, padding(lengths), sequences, sizes.heads(), length, space.operandType());
      Tensor x = normed.y();
      if (inputs.isEmpty()) {
        for (int layer = 0; layer < blocks.size(); layer++) {
          x = forward(layer, x);
        }
        return x;
      }
      inputs.get(0).copy_(x);
      for (int layer = 0; layer < blocks.size(); layer++) {
        try (PointerScope untilComputedAgain = new PointerScope()) {
          inputs.get(layer + 1).copy_(forward(layer, inputs.get(layer)));
        }
      }
      return inputs.get(blocks.size());
    }

    private Tensor forward(int layer, Tensor x) {
      return blocks.get(layer).forward(x, bias, drops.part(layer), activations.get(layer));
    }

    /**
     * Takes {@link #gradient()} down to the embeddings; the flat gradient is then complete. Heads
     * have written theirs before: their parameters stand behind the blocks'.
     */
    void backward(GradientProgress progress) {
      for (int layer = blocks.size() - 1; layer >= 0; layer--) {
        try (PointerScope block = new PointerScope()) {
          if (!inputs.isEmpty()) {
            forward(layer, inputs.get(layer));
          }
          blocks.get(layer).backward(dx, activations.get(layer), scratch);
        }
        space.complete(blocks.get(layer).begin(), progress);
      }
      Dropout.apply(dx, embeddingMask);
      dx.copy_(embeddingNorm.backward(embedded, normed, dx));
      segmentsGradient.zero_();
      segmentsGradient.index_add_(0, segmentIds, dx);
      embedding.backward(ids, dx, sequences, length);
      space.complete(0, progress);
    }

    /** (B, 1, 1, T): true behind a sequence's end; null if no sequence is short. */
    private Tensor padding(int[] lengths) {
      byte[] behind = new byte[sequences * length];
      boolean any = false;
      for (int row = 0; row < sequences; row++) {
        for (int place = lengths[row]; place < length; place++) {
          behind[row * length + place] = 1;
          any = true;
        }
      }
      return any
          ? torch.tensor(behind).to(device, ScalarType.Bool).view(sequences, 1, 1, length)
          : null;
    }

    @Override
    public void close() {
      buffers.close();
    }
  }
}
