package io.headwater.driver.status;

import io.headwater.driver.status.StatusReport.CurvePoint;
import java.util.ArrayList;
import java.util.List;

/**
 * Loss and throughput over a run of any length in a bounded number of points: when they are too
 * many, neighbours are joined, and each later point stands for twice as many steps.
 */
final class LossCurve {
  private static final int MAX_POINTS = 400; // even, so that all points find a neighbour

  private final List<Point> points = new ArrayList<>();
  private Point open = Point.NONE;
  private long stride = 1;

  /** Sums over {@code count} steps; throughput counts by its own, as a first step has none. */
  private record Point(long step, long count, double loss, long timed, double tokensPerSecond) {
    static final Point NONE = new Point(0, 0, 0, 0, 0);

    Point and(Point later) {
      return new Point(
          later.step,
          count + later.count,
          loss + later.loss,
          timed + later.timed,
          tokensPerSecond + later.tokensPerSecond);
    }

    CurvePoint mean() {
      return new CurvePoint(
          step,
          StatusReport.finite(loss / count),
          timed == 0 ? null : StatusReport.finite(tokensPerSecond / timed));
    }
  }

  /**
   * Adds a step.
   *
   * @param tokensPerSecond NaN if it says nothing
   */
  void add(long step, double loss, double tokensPerSecond) {
    boolean timed = Double.isFinite(tokensPerSecond);
    open = open.and(new Point(step, 1, loss, timed ? 1 : 0, timed ? tokensPerSecond : 0));
    if (open.count >= stride) {
      points.add(open);
      open = Point.NONE;
    }
    if (points.size() == MAX_POINTS) {
      halve();
    }
  }

  List<CurvePoint> points() {
    List<CurvePoint> all = new ArrayList<>();
    points.forEach(point -> all.add(point.mean()));
    if (open.count > 0) {
      all.add(open.mean());
    }
    return all;
  }

  private void halve() {
    for (int i = 0; i < MAX_POINTS / 2; i++) {
      points.set(i, points.get(2 * i).and(points.get(2 * i + 1)));
    }
    points.subList(MAX_POINTS / 2, MAX_POINTS).clear();
    stride *= 2;
  }
}
