package io.headwater.model.layers;

import io.headwater.model.tensor.Buffers;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Multi-head self-attention in both directions between its linear layers (Vaswani et al.,
 * arXiv:1706.03762), with padding and dropout of its weights, for one batch shape.
 */
public final class SelfAttention {
  private final long rows;
  private final long width;
  private final double dropoutRate;
  private final Scalar scale;
  private final Scalar minusInfinity;
  private final Tensor[] input; // queries, keys, values: (B, H, T, D/H) views
  private final Tensor[] gradient;

  /**
   * What the backward pass needs of the forward pass.
   *
   * @param weights (B, H, T, T)
   * @param dropped the weights after dropout
   * @param mask of the dropout; null if there is none
   * @param y (N, D)
   */
  public record Result(Tensor weights, Tensor dropped, Tensor mask, Tensor y) {}

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
    this.dropoutRate = dropoutRate;
    this.scale = buffers.scalar(1 / Math.sqrt((double) width / heads));
    this.minusInfinity = buffers.scalar(Double.NEGATIVE_INFINITY);
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
   * @param padding (B, 1, 1, T) mask of the places behind a sequence's end; null if there are none
   */
  public Result forward(Tensor padding, Dropout dropout) {
    Tensor scores = torch.matmul(input[0], input[1].transpose(2, 3)).mul_(scale); // (B, H, T, T)
    if (padding != null) {
      scores.masked_fill_(padding, minusInfinity);
    }
    Tensor weights = scores.softmax(3);
    Tensor mask = dropout.mask(weights, dropoutRate);
    Tensor dropped = mask == null ? weights : weights.mul(mask);
    Tensor heads = torch.matmul(dropped, input[2]); // (B, H, T, D/H)
    Tensor y = heads.transpose(1, 2).contiguous().view(rows, width);
    return new Result(weights, dropped, mask, y);
  }

  /**
   * Writes {@code dqkv}.
   *
   * @param dy (N, D)
   */
  public void backward(Result forward, Tensor dy) {
    Tensor query = input[0];
    Tensor dHeads = dy.view(query.size(0), query.size(2), query.size(1), -1).transpose(1, 2);
    gradient[2].copy_(torch.matmul(forward.dropped.transpose(2, 3), dHeads));
    Tensor dWeights = torch.matmul(dHeads, input[2].transpose(2, 3));
    Dropout.apply(dWeights, forward.mask);
    // Of the softmax: dS = P (dP - sum(dP P)).
    Tensor dScores = dWeights.mul_(forward.weights);
    Tensor sums = dScores.sum(new long[] {3}, true, new ScalarTypeOptional());
    dScores.sub_(forward.weights.mul(sums)).mul_(scale);
    gradient[0].copy_(torch.matmul(dScores, input[1]));
    gradient[1].copy_(torch.matmul(dScores.transpose(2, 3), query));
  }
}
