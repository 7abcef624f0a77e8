package io.headwater.model.layers;

import io.headwater.checkpoint.UserException;
import io.headwater.model.LabelledBatch;
import io.headwater.model.tensor.ParameterSpace;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A linear classifier without bias on each sequence's last real token, as in Hugging Face's {@code
 * GPT2ForSequenceClassification}.
 */
public final class LastTokenHead {
  private final Tensor weight; // (C, D)
  private final Tensor weightTransposed; // (D, C)
  private final Tensor weightGradient;

  public LastTokenHead(ParameterSpace space, String name) {
    this.weight = space.parameter(name);
    this.weightTransposed = space.keep(weight.t());
    this.weightGradient = space.gradient(name);
  }

  /**
   * The rows of the last real tokens.
   *
   * @param hidden (N, D)
   * @return (B, D), new
   */
  public Tensor select(Tensor hidden, LabelledBatch batch) {
    return hidden.index_select(0, lastRows(hidden, batch));
  }

  /**
   * @param last (B, D)
   * @return (B, C), new
   */
  public Tensor logits(Tensor last) {
    return torch.mm(last, weightTransposed);
  }

  /**
   * Writes the head's gradient and that of the hidden states.
   *
   * @param last (B, D), from {@link #select}
   * @param dHidden (N, D), overwritten
   * @return mean cross-entropy in nats
   */
  public double gradient(Tensor last, LabelledBatch batch, Tensor dHidden) {
    long labels = weight.size(0);
    long[] classes = new long[batch.sequences()];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = batch.labels()[i];
      if (classes[i] < 0 || classes[i] >= labels) {
        throw new UserException(
            "Cannot learn class " + classes[i] + ": the head has classes 0 to " + (labels - 1));
      }
    }
    Tensor targets = torch.tensor(classes).to(last.device(), ScalarType.Long).view(-1, 1); // (B, 1)
    Tensor logProbabilities = torch.log_softmax(logits(last), 1); // (B, C)
    double loss = -logProbabilities.gather(1, targets).mean().item_double();
    Tensor dLogits = logProbabilities.exp();
    dLogits.scatter_add_(1, targets, torch.full_like(logProbabilities, new Scalar(-1)));
    dLogits.div_(new Scalar((double) batch.sequences()));
    torch.mm_out(weightGradient, dLogits.t(), last);
    dHidden.zero_();
    dHidden.index_copy_(0, lastRows(dHidden, batch), torch.mm(dLogits, weight));
    return loss;
  }

  private static Tensor lastRows(Tensor hidden, LabelledBatch batch) {
    long[] rows = new long[batch.sequences()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (long) i * batch.length() + batch.lengths()[i] - 1;
    }
    return torch.tensor(rows).to(hidden.device(), ScalarType.Long);
  }
}
