package io.headwater.model.layers;

import io.headwater.model.tensor.Buffers;
import io.headwater.model.tensor.ParameterSpace;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The output layer of a language model, tied to the token embedding (Press and Wolf,
 * arXiv:1608.05859), with its cross-entropy.
 *
 * <p>One (N, V) buffer serves as logits, log-probabilities, probabilities and the loss's gradient
 * in turn.
 */
public final class TiedHead {
  private final Tensor tokens; // (V, D)
  private final Tensor tokensTransposed; // (D, V)
  private final Tensor tokensGradient; // (V, D)
  private final Tensor logits; // (N, V)
  private final Tensor logitsTransposed; // (V, N)
  private final Tensor minusOne; // (N, 1)
  private final Scalar zero;

  public TiedHead(ParameterSpace space, String tokens, Buffers buffers, long rows) {
    this.tokens = space.parameter(tokens);
    this.tokensTransposed = space.keep(this.tokens.t());
    this.tokensGradient = space.gradient(tokens);
    this.logits = buffers.floats(rows, this.tokens.size(0));
    this.logitsTransposed = buffers.keep(logits.t());
    this.minusOne = buffers.floats(rows, 1);
    minusOne.fill_(buffers.scalar(-1));
    this.zero = buffers.scalar(0);
  }

  /**
   * Computes log-probabilities and returns those of the targets.
   *
   * @param x (N, D)
   * @param targets (N, 1)
   * @return (N, 1), new
   */
  public Tensor logProbabilities(Tensor x, Tensor targets) {
    torch.mm_out(logits, x, tokensTransposed);
    torch.log_softmax_out(logits, logits, 1);
    return logits.gather(1, targets);
  }

  /**
   * After {@link #logProbabilities}: writes the tokens' gradient and that of x, for a loss that is
   * the mean over {@code counted} rows.
   *
   * @param ignored (N) rows that do not count, as a mask; null if all count
   * @param dx (N, D), overwritten
   */
  public void backward(Tensor x, Tensor targets, Tensor ignored, long counted, Tensor dx) {
    logits.exp_();
    logits.scatter_add_(1, targets, minusOne);
    if (ignored != null) {
      logits.masked_fill_(ignored.view(-1, 1), zero);
    }
    Scalar scale = new Scalar(1.0 / counted);
    // beta = 0: what was in the gradient before is not read.
    torch.addmm_out(tokensGradient, tokensGradient, logitsTransposed, x, zero, scale);
    torch.mm_out(dx, logits, tokens);
    dx.mul_(scale);
  }

  /**
   * Logits of one row.
   *
   * @param x (1, D)
   * @return (1, V), new
   */
  public Tensor logits(Tensor x) {
    return torch.mm(x, tokensTransposed);
  }
}
