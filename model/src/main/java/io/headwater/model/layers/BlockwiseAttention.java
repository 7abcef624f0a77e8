package io.headwater.model.layers;

import io.headwater.model.tensor.Buffers;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;

/**
 * Causal attention computed blockwise, so that no (T, T) matrix is kept (FlashAttention,
 * arXiv:2205.14135).
 *
 * <p>Queries, keys and values are strided views into the (N, 3D) projection, nothing is copied on
 * the way in; the result comes out as (B, T, H, D/H), which is (N, D) without a copy.
 */
final class BlockwiseAttention implements CausalAttention {
  // Neither operation has a Java binding; the dispatcher reaches them by name.
  private static final String FORWARD = "aten::_scaled_dot_product_flash_attention_for_cpu";
  private static final String BACKWARD =
      "aten::_scaled_dot_product_flash_attention_for_cpu_backward";

  private final long rows;
  private final long width;
  private final Views input;
  private final Views gradient;
  private final OperatorHandle forwardOperation;
  private final OperatorHandle backwardOperation;
  private Tensor heads; // (B, H, T, D/H), of the forward pass
  private Tensor logSumExp; // of each softmax: the log of its denominator

  /** Queries, keys, values as (B, H, T, D/H) views of one (N, 3D) tensor. */
  private record Views(Tensor query, Tensor key, Tensor value) {
    static Views of(Buffers buffers, Tensor qkv, long sequences, long length, long heads) {
      long width = qkv.size(1) / 3;
      Tensor split = buffers.keep(qkv.view(sequences, length, 3, heads, width / heads));
      Tensor[] parts = new Tensor[3];
      for (int i = 0; i < parts.length; i++) {
        parts[i] = buffers.keep(buffers.keep(split.select(2, i)).transpose(1, 2));
      }
      return new Views(parts[0], parts[1], parts[2]);
    }
  }

  /**
   * @param qkv (N, 3D), where the forward pass finds the projection
   * @param dqkv (N, 3D), where the backward pass writes its gradient
   */
  BlockwiseAttention(
      Buffers buffers, Tensor qkv, Tensor dqkv, long sequences, long length, long heads) {
    this.rows = qkv.size(0);
    this.width = qkv.size(1) / 3;
    this.input = Views.of(buffers, qkv, sequences, length, heads);
    this.gradient = Views.of(buffers, dqkv, sequences, length, heads);
    this.forwardOperation = Dispatcher.singleton().findSchemaOrThrow(FORWARD, "");
    this.backwardOperation = Dispatcher.singleton().findSchemaOrThrow(BACKWARD, "");
  }

  @Override
  public Tensor forward(Tensor mask, Dropout dropout) {
    if (mask != null) {
      throw new IllegalArgumentException("Cannot read documents apart: attention is blockwise");
    }
    IValueVector stack =
        stack(
            new IValue(input.query),
            new IValue(input.key),
            new IValue(input.value),
            new IValue(0.0), // dropout
            new IValue(true), // causal
            new IValue(), // mask
            new IValue()); // scale: 1 / sqrt(D / H)
    forwardOperation.callBoxed(stack);
    heads = stack.get(0).toTensor();
    logSumExp = stack.get(1).toTensor();
    return heads.transpose(1, 2).contiguous().view(rows, width);
  }

  @Override
  public void backward(Tensor dy) {
    Tensor dHeads =
        dy.view(input.query.size(0), input.query.size(2), input.query.size(1), -1).transpose(1, 2);
    IValueVector stack =
        stack(
            new IValue(dHeads),
            new IValue(input.query),
            new IValue(input.key),
            new IValue(input.value),
            new IValue(heads),
            new IValue(logSumExp),
            new IValue(0.0),
            new IValue(true),
            new IValue(),
            new IValue());
    backwardOperation.callBoxed(stack);
    gradient.query.copy_(stack.get(0).toTensor());
    gradient.key.copy_(stack.get(1).toTensor());
    gradient.value.copy_(stack.get(2).toTensor());
  }

  private static IValueVector stack(IValue... values) {
    return new IValueVector(values);
  }
}
