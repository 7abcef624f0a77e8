package io.headwater.ps.sparse;

import io.headwater.checkpoint.UserException;
import java.util.Objects;

/**
 * How a gradient changes a row. Lazy: a row that is not pushed to does not change, and neither does
 * its state.
 *
 * @param kind the update rule
 * @param beta1 Adam: decay of the first moment, in [0, 1)
 * @param beta2 Adam: decay of the second moment, in [0, 1)
 * @param epsilon Adagrad, Adam: added to the root of the second moment, above 0
 * @param initialSum Adagrad: what the sum of squares starts from, at least 0
 */
public record RowOptimizer(Kind kind, float beta1, float beta2, float epsilon, float initialSum) {
  /** Update rules. */
  public enum Kind {
    /** {@code w -= lr * g}. */
    SGD,
    /** {@code s += g * g; w -= lr * g / (sqrt(s) + epsilon)} (Duchi et al., JMLR 12, 2011). */
    ADAGRAD,
    /** Adam (arXiv:1412.6980), its bias correction by the number of the row's own updates. */
    ADAM
  }

  public RowOptimizer {
    Objects.requireNonNull(kind, "kind");
    check("beta1", beta1, beta1 >= 0 && beta1 < 1, "in [0, 1)");
    check("beta2", beta2, beta2 >= 0 && beta2 < 1, "in [0, 1)");
    check("epsilon", epsilon, epsilon > 0 && Float.isFinite(epsilon), "above 0");
    check("initial-sum", initialSum, initialSum >= 0 && Float.isFinite(initialSum), ">= 0");
  }

  public static RowOptimizer sgd() {
    return new RowOptimizer(Kind.SGD, 0.9f, 0.999f, 1e-8f, 0);
  }

  public static RowOptimizer adagrad() {
    return new RowOptimizer(Kind.ADAGRAD, 0.9f, 0.999f, 1e-10f, 0);
  }

  public static RowOptimizer adam() {
    return new RowOptimizer(Kind.ADAM, 0.9f, 0.999f, 1e-8f, 0);
  }

  private static void check(String name, float value, boolean valid, String range) {
    if (!valid) {
      throw new UserException(
          "Cannot use row optimizer setting " + name + ": " + value + " (must be " + range + ")");
    }
  }
}
