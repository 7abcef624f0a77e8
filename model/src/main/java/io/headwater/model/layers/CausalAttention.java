package io.headwater.model.layers;

import io.headwater.model.tensor.Buffers;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Multi-head causal self-attention between its two linear layers (Vaswani et al.,
 * arXiv:1706.03762), for one batch shape. It keeps what the backward pass needs.
 */
public interface CausalAttention {
  /** Reads the projection; the result is (N, D). */
  Tensor forward();

  /**
   * Writes the projection's gradient.
   *
   * @param dy (N, D)
   */
  void backward(Tensor dy);

  /**
   * Blockwise where the engine has fast kernels for that: in float32 on a CPU. In bfloat16 those
   * take 15 times as long as products over all pairs of places.
   *
   * @param qkv (N, 3D), where the forward pass finds the projection
   * @param dqkv (N, 3D), where the backward pass writes its gradient
   */
  static CausalAttention of(
      Buffers buffers, Tensor qkv, Tensor dqkv, long sequences, long length, long heads) {
    boolean blockwise = qkv.is_cpu() && qkv.scalar_type().value == ScalarType.Float.value;
    return blockwise
        ? new BlockwiseAttention(buffers, qkv, dqkv, sequences, length, heads)
        : new MaskedAttention(buffers, qkv, dqkv, sequences, length, heads);
  }
}
