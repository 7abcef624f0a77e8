package io.headwater.model.layers;

import io.headwater.model.tensor.Buffers;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * GPT-2's activation, the Gaussian error linear unit by its tanh formula (Hendrycks and Gimpel,
 * arXiv:1606.08415), written with the sigmoid: {@code y = x s(z)}, {@code z = k (x + c x^3)},
 * {@code k = 2 sqrt(2 / pi)}.
 *
 * <p>The sigmoid costs a third of LibTorch's tanh on a CPU, and the derivative {@code s + x z' s (1
 * - s)}, with {@code x z' = 3 z - 2 k x}, is made while {@code z} and {@code s} are at hand: the
 * backward pass is one product. It takes the place of the input, which nothing needs any more.
 */
public final class Gelu {
  private static final double CUBIC = 0.044715;
  private static final double SCALE = 2 * Math.sqrt(2 / Math.PI);

  private final Tensor argument; // z
  private final Tensor sigmoid; // s
  private final Scalar cubic;
  private final Scalar scale;
  private final Scalar inputShare;
  private final Scalar three;

  /** Working space for inputs of (rows, width), which several activations may share. */
  public Gelu(Buffers buffers, long rows, long width) {
    argument = buffers.floats(rows, width);
    sigmoid = buffers.floats(rows, width);
    cubic = buffers.scalar(CUBIC);
    scale = buffers.scalar(SCALE);
    inputShare = buffers.scalar(-2 * SCALE / 3);
    three = buffers.scalar(3);
  }

  /**
   * @param x (rows, width), replaced by the derivative of y in x
   * @param y (rows, width), overwritten
   */
  public void forward(Tensor x, Tensor y) {
    torch.mul_out(sigmoid, x, x);
    torch.addcmul_out(argument, x, sigmoid, x, cubic);
    argument.mul_(scale);
    torch.sigmoid_out(sigmoid, argument);
    torch.mul_out(y, x, sigmoid);
    torch.add_out(argument, argument, x, inputShare);
    torch.sigmoid_backward_out(argument, argument, sigmoid);
    torch.add_out(x, sigmoid, argument, three);
  }

  /**
   * @param derivative (rows, width), what {@link #forward} left in place of its input
   * @param dy (rows, width), becomes the gradient of the input
   */
  public void backward(Tensor derivative, Tensor dy) {
    dy.mul_(derivative);
  }
}
