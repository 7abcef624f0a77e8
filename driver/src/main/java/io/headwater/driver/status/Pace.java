package io.headwater.driver.status;

import java.util.ArrayDeque;
import java.util.Deque;

/** How fast the last steps were. */
final class Pace {
  private static final int MAX_STEPS = 100;
  private static final long PAUSE_NANOS = 500_000_000; // between two marks within a step

  /** When a step ended, and what had been done by then. */
  private record Mark(long nanos, double step, long tokens) {}

  private final Deque<Mark> marks = new ArrayDeque<>();

  /** Returns the step's own tokens per second; NaN for the first, which includes the start. */
  double stepEnded(long nanos, double step, long tokens) {
    Mark before = marks.peekLast();
    marks.addLast(new Mark(nanos, step, tokens));
    if (marks.size() > MAX_STEPS + 1) {
      marks.removeFirst();
    }
    return before == null
        ? Double.NaN
        : (tokens - before.tokens()) / seconds(before, marks.getLast());
  }

  /** So much of a long step is done; heard as often as it is of use. */
  void mark(long nanos, double step, long tokens) {
    if (marks.isEmpty() || nanos - marks.getLast().nanos() >= PAUSE_NANOS) {
      stepEnded(nanos, step, tokens);
    }
  }

  /** NaN before the second step of this process: the first one includes the start. */
  double secondsPerStep() {
    return marks.size() < 2
        ? Double.NaN
        : seconds(marks.getFirst(), marks.getLast())
            / (marks.getLast().step() - marks.getFirst().step());
  }

  double tokensPerSecond() {
    return marks.size() < 2
        ? Double.NaN
        : (marks.getLast().tokens() - marks.getFirst().tokens())
            / seconds(marks.getFirst(), marks.getLast());
  }

  private static double seconds(Mark from, Mark to) {
    return Math.max(1, to.nanos() - from.nanos()) * 1e-9;
  }
}
