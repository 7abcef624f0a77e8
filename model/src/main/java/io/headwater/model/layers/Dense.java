package io.headwater.model.layers;

import io.headwater.model.tensor.Operands;
import io.headwater.model.tensor.ParameterSpace;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * {@code y = x W^T + b}, or {@code y = x W^T}, with W stored as (out, in), as PyTorch's {@code
 * Linear} does. What it is given may be of any type: it is read as operands, and results take the
 * type of their buffer.
 */
public final class Dense {
  private final Tensor weight; // (out, in)
  private final Tensor weightTransposed; // (in, out)
  private final Tensor bias; // (out), null if there is none
  private final ScalarType operandType;
  private final Tensor weightGradient;
  private final Tensor biasGradient;

  public Dense(ParameterSpace space, String name) {
    this(space, List.of(name));
  }

  /** Several layers of one input, computed as one; their outputs stand side by side. */
  public Dense(ParameterSpace space, List<String> names) {
    this(space, suffixed(names, ".weight"), suffixed(names, ".bias"));
  }

  private Dense(ParameterSpace space, List<String> weights, List<String> biases) {
    this.weight = space.operand(weights);
    this.weightTransposed = space.keep(weight.t());
    this.bias = biases.isEmpty() ? null : space.operand(biases);
    this.operandType = space.operandType();
    this.weightGradient = space.gradient(weights);
    this.biasGradient = biases.isEmpty() ? null : space.gradient(biases);
  }

  public static Dense withoutBias(ParameterSpace space, String name) {
    return new Dense(space, suffixed(List.of(name), ".weight"), List.of());
  }

  private static List<String> suffixed(List<String> names, String suffix) {
    return names.stream().map(name -> name + suffix).toList();
  }

  /**
   * @param x (N, in)
   * @param y (N, out), overwritten
   */
  public void forward(Tensor x, Tensor y) {
    Tensor read = x.to(operandType);
    if (bias == null) {
      Operands.multiply(y, read, weightTransposed);
    } else {
      Operands.multiply(y, bias, read, weightTransposed);
    }
  }

  /**
   * @param x (N, in)
   * @return (N, out), new, of the operands' type
   */
  public Tensor forward(Tensor x) {
    Tensor read = x.to(operandType);
    return bias == null
        ? torch.mm(read, weightTransposed)
        : torch.addmm(bias, read, weightTransposed);
  }

  /**
   * Writes the gradients of W and b.
   *
   * @param x (N, in), of the forward pass
   * @param dy (N, out)
   */
  public void backward(Tensor x, Tensor dy) {
    Operands.multiply(weightGradient, dy.to(operandType).t(), x.to(operandType));
    if (bias != null) {
      torch.sum_out(biasGradient, dy, 0);
    }
  }

  /**
   * Writes the gradients of W and b, and of x.
   *
   * @param x (N, in), of the forward pass
   * @param dy (N, out)
   * @param dx (N, in), overwritten
   */
  public void backward(Tensor x, Tensor dy, Tensor dx) {
    Tensor above = dy.to(operandType);
    backward(x, above);
    Operands.multiply(dx, above, weight);
  }
}
