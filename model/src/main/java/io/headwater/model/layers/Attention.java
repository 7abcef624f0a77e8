package io.headwater.model.layers;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * {@code softmax(s Q K^T + bias) V} of several heads (Vaswani et al., arXiv:1706.03762), with
 * dropout of its weights. Tq queries read Tk keys, which may be of another sequence.
 */
public final class Attention {
  private final double scale;
  private final double dropoutRate;

  /**
   * What the backward pass needs of the forward pass.
   *
   * @param weights (B, H, Tq, Tk)
   * @param dropped the weights after dropout
   * @param mask of the dropout; null if there is none
   * @param heads (B, H, Tq, D/H)
   */
  public record Result(
      Tensor query,
      Tensor key,
      Tensor value,
      Tensor weights,
      Tensor dropped,
      Tensor mask,
      Tensor heads) {}

  /**
   * Of the inputs, shaped as they are.
   *
   * @param scores (B, H, Tq, Tk), of what the softmax reads: the bias's, not yet summed over B
   */
  public record Gradient(Tensor query, Tensor key, Tensor value, Tensor scores) {}

  public Attention(double scale, double dropoutRate) {
    this.scale = scale;
    this.dropoutRate = dropoutRate;
  }

  /**
   * @param query (B, H, Tq, D/H)
   * @param key (B, H, Tk, D/H)
   * @param value (B, H, Tk, D/H)
   * @param bias (H, Tq, Tk), minus infinity where a query may not look; null if there is none
   * @param padding (B, 1, 1, Tk) mask of the keys behind a sequence's end; null if there are none
   */
  public Result forward(
      Tensor query, Tensor key, Tensor value, Tensor bias, Tensor padding, Dropout dropout) {
    Tensor scores = torch.matmul(query, key.transpose(2, 3)); // (B, H, Tq, Tk)
    scaled(scores);
    if (bias != null) {
      scores.add_(bias);
    }
    if (padding != null) {
      scores.masked_fill_(padding, new Scalar(Double.NEGATIVE_INFINITY));
    }
    Tensor weights = scores.softmax(3);
    Tensor mask = dropout.mask(weights, dropoutRate);
    Tensor dropped = mask == null ? weights : weights.mul(mask);
    return new Result(query, key, value, weights, dropped, mask, torch.matmul(dropped, value));
  }

  /**
   * @param dHeads (B, H, Tq, D/H)
   */
  public Gradient backward(Result forward, Tensor dHeads) {
    Tensor dValue = torch.matmul(forward.dropped.transpose(2, 3), dHeads);
    Tensor dWeights = torch.matmul(dHeads, forward.value.transpose(2, 3));
    Dropout.apply(dWeights, forward.mask);
    // Of the softmax: dS = P (dP - sum(dP P)).
    Tensor dScores = dWeights.mul_(forward.weights);
    Tensor sums = dScores.sum(new long[] {3}, true, new ScalarTypeOptional());
    dScores.sub_(forward.weights.mul(sums));
    Tensor dQuery = scaled(torch.matmul(dScores, forward.key));
    Tensor dKey = scaled(torch.matmul(dScores.transpose(2, 3), forward.query));
    return new Gradient(dQuery, dKey, dValue, dScores);
  }

  private Tensor scaled(Tensor x) {
    return scale == 1 ? x : x.mul_(new Scalar(scale));
  }
}
