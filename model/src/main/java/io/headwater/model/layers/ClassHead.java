package io.headwater.model.layers;

import io.headwater.model.Target;
import io.headwater.model.tensor.ParameterSpace;
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
    CrossEntropy.Result result = CrossEntropy.of(logits(x), Target.Classes.of(classes));
    Tensor dx = torch.empty_like(x);
    dense.backward(x, result.dLogits(), dx);
    return new Result(result.loss(), dx);
  }

  /** Cross-entropy in nats summed over the sequences. */
  public double loss(Tensor x, int[] classes) {
    return classes.length * CrossEntropy.of(logits(x), Target.Classes.of(classes)).loss();
  }

  /** Sequences whose highest score is that of their class. */
  public long correct(Tensor x, int[] classes) {
    Tensor logits = logits(x);
    Tensor targets = torch.tensor(classes).to(logits.device(), ScalarType.Long);
    Tensor best = logits.max(1, true).get1();
    return best.eq(targets.view(-1, 1)).sum().item_long();
  }
}
