package io.headwater.ps.optimizer;

import io.headwater.checkpoint.UserException;

/**
 * Refuses an update, before it touches the weights, whose global gradient norm is not finite or
 * wildly larger than those accepted lately.
 *
 * <p>The measure is an average of accepted norms: their mean for the first {@value #WINDOW}, then
 * an exponential moving average in which the newest counts 1/{@value #WINDOW}. After {@value
 * #WARM_UP} accepted norms, one above {@code factor} times the average is refused, and does not
 * enter it. The state is three numbers; the same norms give the same bits.
 */
public final class UpdateGuard {
  /** Accepted norms before the first may be refused for its size. */
  public static final int WARM_UP = 20;

  /** Norms that the average looks back on. */
  public static final int WINDOW = 50;

  /** What is made of an update. */
  public enum Verdict {
    ACCEPTED,
    NOT_FINITE,
    OUT_OF_NORM
  }

  /**
   * @param average of the accepted norms
   * @param accepted their number
   * @param refusedInRow refused since the last accepted one
   */
  public record State(double average, long accepted, int refusedInRow) {
    public static final State START = new State(0, 0, 0);

    public State {
      if (!(average >= 0) || !Double.isFinite(average) || accepted < 0 || refusedInRow < 0) {
        throw new UserException(
            "Cannot use guard state ("
                + average
                + ", "
                + accepted
                + ", "
                + refusedInRow
                + "): must be finite and >= 0");
      }
    }
  }

  private final float factor;
  private State state;

  /**
   * @param factor how many times the average a norm may be, above 1; 0 lets every finite norm pass
   */
  public UpdateGuard(float factor, State state) {
    check(factor);
    this.factor = factor;
    this.state = state;
  }

  /** Throws if {@code factor} is none that a guard can have. */
  public static void check(float factor) {
    if (factor != 0 && !(factor > 1 && Float.isFinite(factor))) {
      throw new UserException("Cannot use guard factor " + factor + ": must be 0 (off) or above 1");
    }
  }

  public State state() {
    return state;
  }

  /** The largest norm that would be accepted now. */
  public double limit() {
    return factor == 0 || state.accepted() < WARM_UP ? Double.MAX_VALUE : factor * state.average();
  }

  /** Judges the norm of the next update, and remembers it. */
  public Verdict judge(double norm) {
    if (Double.isFinite(norm) && norm <= limit()) {
      long accepted = state.accepted() + 1;
      double share = 1.0 / Math.min(accepted, WINDOW);
      state = new State(state.average() + (norm - state.average()) * share, accepted, 0);
      return Verdict.ACCEPTED;
    }
    state = new State(state.average(), state.accepted(), state.refusedInRow() + 1);
    return Double.isFinite(norm) ? Verdict.OUT_OF_NORM : Verdict.NOT_FINITE;
  }
}
