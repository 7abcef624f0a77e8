package io.headwater.model.layers;

import io.headwater.model.tensor.ParameterSpace;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** {@code tanh(W h + b)} of each sequence's first hidden state h, as BERT sums a text up. */
public final class Pooler {
  private final Dense dense;

  /** First hidden states and their summary, (B, D) each. */
  public record Result(Tensor first, Tensor y) {}

  public Pooler(ParameterSpace space, String name) {
    this.dense = new Dense(space, name);
  }

  /**
   * @param hidden (N, D)
   */
  public Result forward(Tensor hidden, long sequences) {
    Tensor first = hidden.view(sequences, -1, hidden.size(1)).select(1, 0).contiguous();
    return new Result(first, dense.forward(first).to(ScalarType.Float).tanh_());
  }

  /**
   * Writes the gradients of W and b, and adds that of the hidden states.
   *
   * @param dy (B, D)
   * @param dHidden (N, D)
   */
  public void backward(Result forward, Tensor dy, Tensor dHidden) {
    Tensor derivative = forward.y.mul(forward.y).neg_().add_(new Scalar(1));
    Tensor dFirst = torch.empty_like(forward.first);
    dense.backward(forward.first, dy.mul(derivative), dFirst);
    dHidden.view(dy.size(0), -1, dy.size(1)).select(1, 0).add_(dFirst);
  }
}
