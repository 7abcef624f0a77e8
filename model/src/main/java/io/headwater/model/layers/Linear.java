package io.headwater.model.layers;

import io.headwater.model.tensor.ParameterSpace;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** {@code y = x W + b} with W stored as (in, out), as Hugging Face's {@code Conv1D} does. */
public final class Linear {
  private final Tensor weight; // (in, out)
  private final Tensor weightTransposed; // (out, in)
  private final Tensor bias; // (out)
  private final Tensor weightGradient;
  private final Tensor biasGradient;

  public Linear(ParameterSpace space, String name) {
    this.weight = space.parameter(name + ".weight");
    this.weightTransposed = space.keep(weight.t());
    this.bias = space.parameter(name + ".bias");
    this.weightGradient = space.gradient(name + ".weight");
    this.biasGradient = space.gradient(name + ".bias");
  }

  /**
   * @param x (N, in)
   * @param y (N, out), overwritten
   */
  public void forward(Tensor x, Tensor y) {
    torch.addmm_out(y, bias, x, weight);
  }

  /**
   * @param x (N, in)
   * @return (N, out), new
   */
  public Tensor forward(Tensor x) {
    return torch.addmm(bias, x, weight);
  }

  /**
   * Adds to a residual stream: {@code y = residual + x W + b}.
   *
   * @param residual (N, out)
   * @param x (N, in)
   * @param y (N, out), overwritten
   */
  public void forward(Tensor residual, Tensor x, Tensor y) {
    torch.addmm_out(y, residual, x, weight);
    y.add_(bias);
  }

  /**
   * Writes the gradients of W and b, and of x.
   *
   * @param xTransposed (in, N), of the forward pass
   * @param dy (N, out)
   * @param dx (N, in), overwritten
   */
  public void backward(Tensor xTransposed, Tensor dy, Tensor dx) {
    torch.mm_out(weightGradient, xTransposed, dy);
    torch.sum_out(biasGradient, dy, 0);
    torch.mm_out(dx, dy, weightTransposed);
  }
}
