package io.headwater.model.layers;

import io.headwater.model.tensor.Buffers;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Multi-head causal self-attention between its two linear layers (Vaswani et al.,
 * arXiv:1706.03762), for one batch shape. It keeps what the backward pass needs.
 */
public interface CausalAttention {
  /**
   * Reads the projection.
   *
   * @param mask (B * H, T, T), as {@link #mask} makes it; null where none is needed
   * @return (N, D)
   */
  Tensor forward(Tensor mask, Dropout dropout);

  /**
   * Writes the projection's gradient.
   *
   * @param dy (N, D)
   */
  void backward(Tensor dy);

  /**
   * Blockwise where the engine has fast kernels for that: in float32 on a CPU, of whole sequences
   * and without dropout. In bfloat16 those take 15 times as long as products over all pairs of
   * places.
   *
   * @param qkv (N, 3D), where the forward pass finds the projection
   * @param dqkv (N, 3D), where the backward pass writes its gradient
   * @param dropout of the attention weights
   * @param withinDocuments whether sequences may hold several documents that are read apart
   */
  static CausalAttention of(
      Buffers buffers,
      Tensor qkv,
      Tensor dqkv,
      long sequences,
      long length,
      long heads,
      double dropout,
      boolean withinDocuments) {
    boolean floats = qkv.is_cpu() && qkv.scalar_type().value == ScalarType.Float.value;
    return floats && dropout == 0 && !withinDocuments
        ? new BlockwiseAttention(buffers, qkv, dqkv, sequences, length, heads)
        : new MaskedAttention(buffers, qkv, dqkv, sequences, length, heads, dropout);
  }

  /**
   * What keeps documents apart, for all layers of a forward pass.
   *
   * @param documents (B, T), the number of each token's document
   * @return (B * H, T, T): minus infinity at later tokens and those of other documents
   */
  static Tensor mask(Tensor documents, long heads, ScalarType type) {
    long sequences = documents.size(0);
    long length = documents.size(1);
    Tensor apart = documents.unsqueeze(1).ne(documents.unsqueeze(2)); // (B, T, T)
    Tensor mask =
        torch
            .zeros(new long[] {sequences, length, length}, apart.options())
            .to(type)
            .masked_fill_(apart, new Scalar(Double.NEGATIVE_INFINITY))
            .add_(future(length, apart, type));
    return mask.unsqueeze(1)
        .expand(sequences, heads, length, length)
        .reshape(sequences * heads, length, length);
  }

  private static Tensor future(long length, Tensor like, ScalarType type) {
    return torch
        .ones(new long[] {length, length}, like.options())
        .to(type)
        .mul_(new Scalar(Double.NEGATIVE_INFINITY))
        .triu(1);
  }
}
