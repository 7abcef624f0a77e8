package io.headwater.ps.optimizer;

import io.headwater.checkpoint.UserException;
import java.io.Serializable;
import java.util.Objects;
import java.util.function.Function;

/**
 * How gradients change weights. Weight decay is decoupled, and of matrices only, in every rule.
 *
 * @param kind the update rule
 * @param beta1 AdamW, LAMB: decay of the first moment; momentum, Nesterov: momentum; in [0, 1)
 * @param beta2 AdamW, LAMB: decay of the second moment, in [0, 1)
 * @param epsilon AdamW, LAMB, Adagrad: added to the root of the second moment, above 0
 * @param weightDecay decoupled weight decay, applied to matrices only; at least 0
 * @param gradientClip largest allowed global gradient norm; 0 is off
 */
public record OptimizerConfig(
    Kind kind, float beta1, float beta2, float epsilon, float weightDecay, float gradientClip)
    implements Serializable {
  /** Update rules. Their order is that of their numbers on the wire. */
  public enum Kind {
    /** {@code w -= lr * (g + weightDecay * w)}. */
    SGD(config -> new SgdRule()),
    /** Adam with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101). */
    ADAMW(AdamWRule::new),
    /** SGD with Nesterov momentum, as PyTorch has it. */
    NESTEROV(NesterovRule::new),
    /** SGD with heavy-ball momentum. */
    MOMENTUM(MomentumRule::new),
    /** Adagrad (Duchi, Hazan and Singer, 2011). */
    ADAGRAD(AdagradRule::new),
    /** Layer-wise adaptive moments for large batches (You et al., 2020, arXiv:1904.00962). */
    LAMB(LambRule::new);

    private final Function<OptimizerConfig, UpdateRule> make;

    Kind(Function<OptimizerConfig, UpdateRule> make) {
      this.make = make;
    }

    UpdateRule rule(OptimizerConfig config) {
      return make.apply(config);
    }
  }

  public OptimizerConfig {
    Objects.requireNonNull(kind, "kind");
    check("beta1", beta1, beta1 >= 0 && beta1 < 1, "in [0, 1)");
    check("beta2", beta2, beta2 >= 0 && beta2 < 1, "in [0, 1)");
    check("epsilon", epsilon, epsilon > 0 && Float.isFinite(epsilon), "above 0");
    check("weight-decay", weightDecay, weightDecay >= 0 && Float.isFinite(weightDecay), ">= 0");
    check("gradient-clip", gradientClip, gradientClip >= 0 && Float.isFinite(gradientClip), ">= 0");
  }

  public static OptimizerConfig sgd() {
    return new OptimizerConfig(Kind.SGD, 0.9f, 0.999f, 1e-8f, 0f, 0f);
  }

  public static OptimizerConfig nesterov(float momentum) {
    return new OptimizerConfig(Kind.NESTEROV, momentum, 0.999f, 1e-8f, 0f, 0f);
  }

  /** AdamW with the defaults of language-model pretraining. */
  public static OptimizerConfig adamW() {
    return new OptimizerConfig(Kind.ADAMW, 0.9f, 0.95f, 1e-8f, 0.1f, 1f);
  }

  public OptimizerConfig withWeightDecay(float value) {
    return new OptimizerConfig(kind, beta1, beta2, epsilon, value, gradientClip);
  }

  public OptimizerConfig withGradientClip(float value) {
    return new OptimizerConfig(kind, beta1, beta2, epsilon, weightDecay, value);
  }

  public boolean clips() {
    return gradientClip > 0;
  }

  private static void check(String name, float value, boolean valid, String range) {
    if (!valid) {
      throw new UserException(
          "Cannot use optimizer setting " + name + ": " + value + " (must be " + range + ")");
    }
  }
}
