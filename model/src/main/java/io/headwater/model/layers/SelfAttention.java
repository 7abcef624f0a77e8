package io.headwater.model.layers;

import io.headwater.model.tensor.Buffers;
import org.bytedeco.pytorch.Tensor;

/**
 * Multi-head self-attention in both directions between its linear layers (Vaswani et al.,
 * arXiv:1706.03762), with padding and dropout of its weights, for one batch shape.
 */
public final class SelfAttention {
  private final long rows;
  private final long width;
  private final Attention attention;
  private final Tensor[] input; // queries, keys, values: (B, H, T, D/H) views
  private final Tensor[] gradient;

  /** What the backward pass needs of the forward pass; y is (N, D). */
  public record Result(Attention.Result attended, Tensor y) {}

  /**
   * @param qkv (N, 3D), where the forward pass finds the projection
   * @param dqkv (N, 3D), where the backward pass writes its gradient
   */
  public SelfAttention(
      Buffers buffers,
      Tensor qkv,
      Tensor dqkv,
      long sequences,
      long length,
      long heads,
      double dropoutRate) {
    this.rows = qkv.size(0);
    this.width = qkv.size(1) / 3;
    this.attention = new Attention(1 / Math.sqrt((double) width / heads), dropoutRate);
    this.input = views(buffers, qkv, sequences, length, heads);
    this.gradient = views(buffers, dqkv, sequences, length, heads);
  }

  private static Tensor[] views(
      Buffers buffers, Tensor qkv, long sequences, long length, long heads) {
    long width = qkv.size(1) / 3;
    Tensor split = buffers.keep(qkv.view(sequences, length, 3, heads, width / heads));
    Tensor[] parts = new Tensor[3];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = buffers.keep(buffers.keep(split.select(2, i)).transpose(1, 2));
    }
    return parts;
  }

  /**
   * Reads {@code qkv}.
   *
   * @param bias of {@link Attention#bias}
   */
  public Result forward(Tensor bias, Dropout dropout) {
    Attention.Result attended = attention.forward(input[0], input[1], input[2], bias, dropout);
    return new Result(attended, attended.heads().transpose(1, 2).contiguous().view(rows, width));
  }

  /**
   * Writes {@code dqkv}.
   *
   * @param dy (N, D)
   */
  public void backward(Result forward, Tensor dy) {
    Tensor query = input[0];
    Tensor dHeads =
        dy.to(query.scalar_type())
            .view(query.size(0), query.size(2), query.size(1), -1)
            .transpose(1, 2);
    Attention.Gradient above = attention.backward(forward.attended, dHeads);
    gradient[0].copy_(above.query());
    gradient[1].copy_(above.key());
    gradient[2].copy_(above.value());
  }
}
