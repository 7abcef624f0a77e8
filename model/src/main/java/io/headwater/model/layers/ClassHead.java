package io.headwater.model.layers;

import io.headwater.checkpoint.UserException;
import io.headwater.model.tensor.ParameterSpace;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A linear classifier of one vector for each sequence, with its cross-entropy. */
public final class ClassHead {
  private final Dense dense; // D -> C

  /**
   * A loss with its gradient.
   *
   * @param loss mean cross-entropy in nats
   * @param dx (B, D)
   */
  public record Result(double loss, Tensor dx) {}

  public ClassHead(ParameterSpace space, String name) {
    this.dense = new Dense(space, name);
  }

  /**
   * @param x (B, D)
   * @return (B, C), new
   */
  public Tensor logits(Tensor x) {
    return dense.forward(x).to(ScalarType.Float);
  }

  /** Writes the head's gradient and returns that of x, (B, D). */
  public Result gradient(Tensor x, int[] classes) {
    Tensor logits = logits(x);
    Tensor targets = targets(classes, logits);
    Tensor logProbabilities = torch.log_softmax(logits, 1); // (B, C)
    double loss = -logProbabilities.gather(1, targets).mean().item_double();
    Tensor dLogits = logProbabilities.exp();
    dLogits.scatter_add_(1, targets, torch.full_like(logProbabilities, new Scalar(-1)));
    dLogits.div_(new Scalar((double) classes.length));
    Tensor dx = torch.empty_like(x);
    dense.backward(x, dLogits, dx);
    return new Result(loss, dx);
  }

  /** Cross-entropy in nats summed over the sequences. */
  public double loss(Tensor x, int[] classes) {
    Tensor logits = logits(x);
    Tensor targets = targets(classes, logits);
    return -torch.log_softmax(logits, 1).gather(1, targets).sum().item_double();
  }

  /** Sequences whose highest score is that of their class. */
  public long correct(Tensor x, int[] classes) {
    Tensor logits = logits(x);
    Tensor best = logits.max(1, true).get1();
    return best.eq(targets(classes, logits)).sum().item_long();
  }

  private static Tensor targets(int[] classes, Tensor logits) {
    long[] wide = new long[classes.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = classes[i];
      if (wide[i] < 0 || wide[i] >= logits.size(1)) {
        throw new UserException(
            "Cannot learn class "
                + wide[i]
                + ": the head has classes 0 to "
                + (logits.size(1) - 1));
      }
    }
    return torch.tensor(wide).to(logits.device(), ScalarType.Long).view(-1, 1); // (B, 1)
  }
}
