package io.headwater.model.layers;

import io.headwater.model.tensor.ParameterSpace;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Normalisation by the root mean square of the last dimension, with a gain and no bias (Zhang and
 * Sennrich, arXiv:1910.07467): {@code y = g x / sqrt(mean(x^2) + epsilon)}.
 */
public final class RmsNorm {
  private static final long[] LAST = {1};

  private final double epsilon;
  private final Tensor gain; // (D)
  private final Tensor gainGradient;

  /** What the backward pass needs of the forward pass: (N, D), (N, D), (N, 1). */
  public record Result(Tensor y, Tensor normed, Tensor inverseRoot) {}

  public RmsNorm(ParameterSpace space, String name, double epsilon) {
    this.epsilon = epsilon;
    this.gain = space.parameter(name + ".weight");
    this.gainGradient = space.gradient(name + ".weight");
  }

  /**
   * @param x (N, D)
   */
  public Result forward(Tensor x) {
    Tensor square = x.mul(x).mean(LAST, true, new ScalarTypeOptional());
    Tensor inverseRoot = square.add_(new Scalar(epsilon)).rsqrt_();
    Tensor normed = x.mul(inverseRoot);
    return new Result(normed.mul(gain), normed, inverseRoot);
  }

  /**
   * Writes the gradient of the gain.
   *
   * @param dy (N, D)
   * @return the gradient of x, (N, D), new
   */
  public Tensor backward(Result forward, Tensor dy) {
    torch.sum_out(gainGradient, dy.mul(forward.normed), 0);
    Tensor dNormed = dy.mul(gain);
    Tensor along = dNormed.mul(forward.normed).mean(LAST, true, new ScalarTypeOptional());
    return dNormed.sub_(forward.normed.mul(along)).mul_(forward.inverseRoot);
  }
}
