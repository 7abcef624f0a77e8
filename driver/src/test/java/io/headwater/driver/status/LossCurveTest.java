package io.headwater.driver.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.driver.status.StatusReport.CurvePoint;
import java.util.List;
import org.junit.jupiter.api.Test;

class LossCurveTest {
  @Test
  void keepsEveryStepOfAShortRun() {
    LossCurve curve = new LossCurve();
    curve.add(1, 4.0, Double.NaN);
    curve.add(2, 3.0, 100);

    assertThat(curve.points())
        .containsExactly(new CurvePoint(1, 4.0, null), new CurvePoint(2, 3.0, 100.0));
  }

  @Test
  void joinsNeighboursOfALongRunWithoutLosingASample() {
    LossCurve curve = new LossCurve();
    int steps = 100_003;
    for (int step = 1; step <= steps; step++) {
      curve.add(step, step, 1);
    }

    List<CurvePoint> points = curve.points();
    assertThat(points).hasSizeBetween(200, 401);
    assertThat(points.get(points.size() - 1).step()).isEqualTo(steps);
    assertThat(points.get(0).loss()).isEqualTo((1 + points.get(0).step()) / 2.0);
    assertThat(points).extracting(CurvePoint::step).isSorted();
    assertThat(points)
        .allSatisfy(point -> assertThat(point.tokensPerSecond()).isCloseTo(1, within(1e-9)));
  }

  @Test
  void leavesOutWhatIsNoNumber() {
    LossCurve curve = new LossCurve();
    curve.add(1, Double.NaN, Double.POSITIVE_INFINITY);

    assertThat(curve.points()).containsExactly(new CurvePoint(1, null, null));
  }
}
