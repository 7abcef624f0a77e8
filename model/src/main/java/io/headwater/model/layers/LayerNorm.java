package io.headwater.model.layers;

import io.headwater.model.tensor.ParameterSpace;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Layer normalisation over the last dimension (Ba et al., arXiv:1607.06450).
 *
 * <p>LibTorch's out variants of these two operations compute elsewhere and copy, so results are
 * taken as new tensors, which live until the step's scope ends.
 */
public final class LayerNorm {
  private final double epsilon;
  private final long[] normalizedShape;
  private final TensorOptional weight;
  private final TensorOptional bias;
  private final Tensor weightGradient;
  private final Tensor biasGradient;
  private final BoolPointer wanted;

  /** What the backward pass needs of the forward pass. */
  public record Result(Tensor y, Tensor mean, Tensor inverseDeviation) {}

  public LayerNorm(ParameterSpace space, String name, double epsilon) {
    Tensor gain = space.parameter(name + ".weight");
    this.epsilon = epsilon;
    this.normalizedShape = new long[] {gain.size(0)};
    this.weight = space.keep(new TensorOptional(gain));
    this.bias = space.keep(new TensorOptional(space.parameter(name + ".bias")));
    this.weightGradient = space.gradient(name + ".weight");
    this.biasGradient = space.gradient(name + ".bias");
    this.wanted = space.keep(new BoolPointer(3).put(0, true).put(1, true).put(2, true));
  }

  /**
   * @param x (N, D)
   */
  public Result forward(Tensor x) {
    T_TensorTensorTensor_T result =
        torch.native_layer_norm(x, normalizedShape, weight, bias, epsilon);
    return new Result(result.get0(), result.get1(), result.get2());
  }

  /**
   * Writes the gradients of gain and bias.
   *
   * @param x (N, D), of the forward pass
   * @param dy (N, D)
   * @return the gradient of x, (N, D), new
   */
  public Tensor backward(Tensor x, Result forward, Tensor dy) {
    T_TensorTensorTensor_T result =
        torch.native_layer_norm_backward(
            dy,
            x,
            normalizedShape,
            forward.mean(),
            forward.inverseDeviation(),
            weight,
            bias,
            wanted);
    weightGradient.copy_(result.get1());
    biasGradient.copy_(result.get2());
    return result.get0();
  }
}
