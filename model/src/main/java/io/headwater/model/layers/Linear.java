package io.headwater.model.layers;

import io.headwater.model.tensor.Operands;
import io.headwater.model.tensor.ParameterSpace;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * {@code y = x W + b} with W stored as (in, out), as Hugging Face's {@code Conv1D} does. What it is
 * given may be of any type: it is read as operands, and results take the type of their buffer.
 */
public final class Linear {
  private final Tensor weight; // (in, out)
  private final Tensor weightTransposed; // (out, in)
  private final Tensor bias; // (out)
  private final ScalarType operandType;
  private final Tensor weightGradient;
  private final Tensor biasGradient;

  public Linear(ParameterSpace space, String name) {
    this.weight = space.operand(name + ".weight");
    this.weightTransposed = space.keep(weight.t());
    this.bias = space.operand(name + ".bias");
    this.operandType = space.operandType();
    this.weightGradient = space.gradient(name + ".weight");
    this.biasGradient = space.gradient(name + ".bias");
  }

  /**
   * @param x (N, in)
   * @param y (N, out), overwritten
   */
  public void forward(Tensor x, Tensor y) {
    Operands.multiply(y, bias, x.to(operandType), weight);
  }

  /**
   * @param x (N, in)
   * @return (N, out) of float32, new
   */
  public Tensor forward(Tensor x) {
    return torch.addmm(bias, x.to(operandType), weight).to(ScalarType.Float);
  }

  /**
   * Adds to a residual stream: {@code y = residual + x W + b}.
   *
   * @param residual (N, out) of float32
   * @param x (N, in)
   * @param y (N, out) of float32, overwritten
   */
  public void forward(Tensor residual, Tensor x, Tensor y) {
    torch.add_out(y, residual, torch.addmm(bias, x.to(operandType), weight));
  }

  /**
   * Writes the gradients of W and b, and of x.
   *
   * @param xTransposed (in, N), of the forward pass
   * @param dy (N, out)
   * @param dx (N, in), overwritten
   */
  public void backward(Tensor xTransposed, Tensor dy, Tensor dx) {
    Tensor above = dy.to(operandType);
    Operands.multiply(weightGradient, xTransposed.to(operandType), above);
    torch.sum_out(biasGradient, dy, 0);
    Operands.multiply(dx, above, weightTransposed);
  }
}
