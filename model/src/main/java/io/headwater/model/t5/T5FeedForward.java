package io.headwater.model.t5;

import io.headwater.model.layers.Dense;
import io.headwater.model.layers.Dropout;
import io.headwater.model.layers.RmsNorm;
import io.headwater.model.tensor.ParameterSpace;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** {@code x + W_o relu(W_i norm(x))}, I wide inside. */
final class T5FeedForward {
  private final double dropout;
  private final RmsNorm norm;
  private final Dense expand; // D -> I
  private final Dense contract; // I -> D

  /**
   * What the backward pass needs of the forward pass.
   *
   * @param y (N, D)
   * @param active (N, I), after the activation and its dropout
   * @param innerMask of the dropout inside; null if there is none
   * @param mask of the dropout behind; null if there is none
   */
  record Result(Tensor y, RmsNorm.Result normed, Tensor active, Tensor innerMask, Tensor mask) {}

  T5FeedForward(ParameterSpace space, String sublayer, T5Config sizes) {
    dropout = sizes.dropout();
    norm = new RmsNorm(space, sublayer + T5CheckpointMapping.NORM, sizes.normEpsilon());
    expand = Dense.withoutBias(space, sublayer + T5CheckpointMapping.FEED_FORWARD + ".wi");
    contract = Dense.withoutBias(space, sublayer + T5CheckpointMapping.FEED_FORWARD + ".wo");
  }

  /**
   * @param x (N, D)
   */
  Result forward(Tensor x, Dropout drops) {
    RmsNorm.Result normed = norm.forward(x);
    Tensor active = expand.forward(normed.y()).relu_();
    Tensor innerMask = drops.mask(active, dropout);
    Dropout.apply(active, innerMask);
    Tensor y = contract.forward(active);
    Tensor mask = drops.mask(y, dropout);
    Dropout.apply(y, mask);
    return new Result(x.add(y), normed, active, innerMask, mask);
  }

  /**
   * @param dx (N, D), the gradient of y; becomes that of x
   */
  void backward(Result kept, Tensor dx) {
    Tensor dActive = torch.empty_like(kept.active);
    contract.backward(kept.active, kept.mask == null ? dx : dx.mul(kept.mask), dActive);
    Dropout.apply(dActive, kept.innerMask);
    // Where something was dropped it is 0 already.
    Tensor dExpanded = torch.threshold_backward(dActive, kept.active, new Scalar(0));
    Tensor dNormed = torch.empty_like(dx);
    expand.backward(kept.normed.y(), dExpanded, dNormed);
    dx.add_(norm.backward(kept.normed, dNormed));
  }
}
