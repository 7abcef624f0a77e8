package io.headwater.ps.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.ps.optimizer.LearningRateSchedule.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LearningRateScheduleTest {
  private static LearningRateSchedule schedule(Shape shape) {
    return new LearningRateSchedule(1f, 0.1f, 10, 110, shape);
  }

  @ParameterizedTest
  @EnumSource
  void warmsUpInAStraightLineAndNeverRisesAgain(Shape shape) {
    LearningRateSchedule schedule = schedule(shape);
    assertThat(schedule.at(0)).isEqualTo((float) (1.0 / 11));
    assertThat(schedule.at(9)).isEqualTo((float) (10.0 / 11));
    assertThat(schedule.at(10)).isEqualTo(1f);
    for (int step = 10; step < 200; step++) {
      assertThat(schedule.at(step + 1)).isLessThanOrEqualTo(schedule.at(step));
    }
    assertThat(schedule.at(100_000)).isEqualTo(0.1f);
  }

  @Test
  void aLineFallsByTheSameEveryStep() {
    assertThat(schedule(Shape.LINEAR).at(60)).isCloseTo(0.55f, within(1e-6f));
    assertThat(schedule(Shape.LINEAR).at(85)).isCloseTo(0.325f, within(1e-6f));
    assertThat(schedule(Shape.LINEAR).at(110)).isEqualTo(0.1f);
  }

  @Test
  void theStableRateStaysUntilTheLastFifth() {
    assertThat(schedule(Shape.STABLE).at(89)).isEqualTo(1f);
    assertThat(schedule(Shape.STABLE).at(100)).isCloseTo(0.55f, within(1e-6f));
    assertThat(schedule(Shape.STABLE).at(110)).isEqualTo(0.1f);
  }

  @Test
  void theInverseRootHalvesInFourTimesTheSteps() {
    assertThat(schedule(Shape.INVERSE_ROOT).at(43)).isCloseTo(0.5f, within(1e-6f));
  }
}
