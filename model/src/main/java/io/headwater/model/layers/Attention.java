package io.headwater.model.layers;

import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * {@code softmax(s Q K^T + bias) V} of several heads (Vaswani et al., arXiv:1706.03762), with
 * dropout of its weights. Tq queries read Tk keys, which may be of another sequence. All tensors
 * are of the operands' type, and Z = B * H.
 */
public final class Attention {
  // Has no Java binding; the dispatcher reaches it by name.
  private static final String SOFTMAX_BACKWARD = "aten::_softmax_backward_data";

  private final double scale;
  private final double dropoutRate;
  private final OperatorHandle softmaxBackward;

  /**
   * What the backward pass needs of the forward pass.
   *
   * @param query (Z, Tq, D/H)
   * @param key (Z, Tk, D/H)
   * @param value (Z, Tk, D/H)
   * @param weights (Z, Tq, Tk)
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
    this.softmaxBackward = Dispatcher.singleton().findSchemaOrThrow(SOFTMAX_BACKWARD, "");
  }

  /**
   * What is added to the scores of one forward pass, for all its layers.
   *
   * @param positions (H, Tq, Tk), minus infinity where a query may not look; null if there is none
   * @param padding (B, 1, 1, Tk) mask of the keys behind a sequence's end; null if there are none
   * @return (Z, Tq, Tk); null if nothing is added
   */
  public static Tensor bias(
      Tensor positions,
      Tensor padding,
      long sequences,
      long heads,
      long queries,
      ScalarType operandType) {
    if (positions == null && padding == null) {
      return null;
    }
    long keys = positions == null ? padding.size(3) : positions.size(2);
    Tensor like = positions == null ? padding : positions;
    Tensor sum =
        torch.zeros(new long[] {sequences, heads, queries, keys}, like.options()).to(operandType);
    if (positions != null) {
      sum.add_(positions);
    }
    if (padding != null) {
      sum.masked_fill_(padding, new Scalar(Double.NEGATIVE_INFINITY));
    }
    return sum.view(sequences * heads, queries, keys);
  }

  /**
   * @param query (B, H, Tq, D/H)
   * @param key (B, H, Tk, D/H)
   * @param value (B, H, Tk, D/H)
   * @param bias (Z, Tq, Tk), minus infinity where a query may not look; null if there is none
   */
  public Result forward(Tensor query, Tensor key, Tensor value, Tensor bias, Dropout dropout) {
    Tensor q = flat(query);
    Tensor k = flat(key);
    Tensor v = flat(value);
    Tensor weights = scores(q, k, bias).softmax(2);
    Tensor mask = dropout.mask(weights, dropoutRate);
    Tensor dropped = mask == null ? weights : weights.mul(mask);
    return new Result(q, k, v, weights, dropped, mask, shaped(torch.bmm(dropped, v), query));
  }

  /**
   * @param dHeads (B, H, Tq, D/H)
   */
  public Gradient backward(Result forward, Tensor dHeads) {
    Tensor above = flat(dHeads);
    Tensor dValue = torch.bmm(forward.dropped.transpose(1, 2), above);
    Tensor dWeights = torch.bmm(above, forward.value.transpose(1, 2));
    Dropout.apply(dWeights, forward.mask);
    Tensor dScores = softmaxBackward(dWeights, forward.weights);
    Tensor dQuery = scaled(torch.bmm(dScores, forward.key));
    Tensor dKey = scaled(torch.bmm(dScores.transpose(1, 2), forward.query));
    return new Gradient(
        shaped(dQuery, dHeads),
        shaped(dKey, dHeads),
        shaped(dValue, dHeads),
        shaped(dScores, dHeads));
  }

  private Tensor scores(Tensor query, Tensor key, Tensor bias) {
    Tensor keys = key.transpose(1, 2);
    return bias == null
        ? scaled(torch.bmm(query, keys))
        : torch.baddbmm(bias, query, keys, new Scalar(1), new Scalar(scale));
  }

  private Tensor softmaxBackward(Tensor dWeights, Tensor weights) {
    IValueVector stack =
        new IValueVector(
            new IValue(dWeights),
            new IValue(weights),
            new IValue(2L), // dimension
            new IValue((long) weights.scalar_type().value));
    softmaxBackward.callBoxed(stack);
    return stack.get(0).toTensor();
  }

  /** (B, H, T, D/H) as (Z, T, D/H). */
  private static Tensor flat(Tensor heads) {
    return heads.contiguous().view(-1, heads.size(2), heads.size(3));
  }

  /** (Z, ...) as (B, H, ...). */
  private static Tensor shaped(Tensor flat, Tensor like) {
    return flat.view(like.size(0), like.size(1), flat.size(1), flat.size(2));
  }

  private Tensor scaled(Tensor x) {
    return scale == 1 ? x : x.mul_(new Scalar(scale));
  }
}
