package io.headwater.model.layers;

import io.headwater.checkpoint.UserException;
import io.headwater.model.Target;
import io.headwater.model.TokenBatch;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The weighted mean cross-entropy of rows of scores: {@code sum w_r (-log softmax(z_r)[c_r]) / sum
 * w_r}, as PyTorch's {@code CrossEntropyLoss} has it.
 */
public final class CrossEntropy {
  private CrossEntropy() {}

  /**
   * @param loss nats
   * @param dLogits its gradient, (R, C), new
   */
  public record Result(double loss, Tensor dLogits) {}

  /**
   * @param logits (R, C)
   * @param target of R rows, at least one of which counts
   */
  public static Result of(Tensor logits, Target.Classes target) {
    Tensor classes = classes(target, logits); // (R, 1)
    Tensor weights = weights(target, logits); // (R, 1), their sum 1
    Tensor logProbabilities = torch.log_softmax(logits, 1);
    double loss = -logProbabilities.gather(1, classes).mul_(weights).sum().item_double();
    Tensor dLogits = logProbabilities.exp();
    dLogits.scatter_add_(1, classes, torch.full_like(logProbabilities, new Scalar(-1)));
    return new Result(loss, dLogits.mul_(weights));
  }

  private static Tensor classes(Target.Classes target, Tensor logits) {
    int[] classes = target.classes();
    if (classes.length != logits.size(0)) {
      throw new IllegalArgumentException(
          "Cannot compare " + logits.size(0) + " rows with " + classes.length + " classes");
    }
    long[] wide = new long[classes.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = classes[i] == TokenBatch.IGNORED ? 0 : classes[i];
      if (wide[i] < 0 || wide[i] >= logits.size(1)) {
        throw new UserException(
            "Cannot learn class "
                + wide[i]
                + ": the head has classes 0 to "
                + (logits.size(1) - 1));
      }
    }
    return torch.tensor(wide).to(logits.device(), ScalarType.Long).view(-1, 1);
  }

  private static Tensor weights(Target.Classes target, Tensor logits) {
    double sum = 0;
    for (int i = 0; i < target.classes().length; i++) {
      sum += weight(target, i);
    }
    if (!(sum > 0)) {
      throw new IllegalArgumentException("Cannot compute a loss: no row of the batch counts");
    }
    float[] weights = new float[target.classes().length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (weight(target, i) / sum);
    }
    return torch.tensor(weights).to(logits.device(), ScalarType.Float).view(-1, 1);
  }

  private static double weight(Target.Classes target, int row) {
    if (target.classes()[row] == TokenBatch.IGNORED) {
      return 0;
    }
    return target.weights().length == 0 ? 1 : target.weights()[row];
  }
}
