package io.headwater.driver.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.driver.run.RunTime.Use;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunTimeTest {
  private static final long SECOND = 1_000_000_000;

  private final Map<Use, Double> spent = new EnumMap<>(Use.class);

  @Test
  void stepsAreProductiveOnceTheFirstIsMade() {
    RunTime time = time(0);
    time.stepCompleted(1, 8 * SECOND);
    time.stepCompleted(2, 9 * SECOND);
    time.stepCompleted(3, 11 * SECOND);
    time.ended(12 * SECOND);
    assertThat(spent)
        .containsOnly(
            Map.entry(Use.STARTUP, 8.0),
            Map.entry(Use.PRODUCTIVE, 3.0),
            Map.entry(Use.CHECKPOINT, 1.0));
  }

  @Test
  void stepsThatWereLostWithTheirProcessAreRework() {
    RunTime time = time(12); // and the checkpoint was of step 10
    time.stepCompleted(11, SECOND);
    time.stepCompleted(12, 3 * SECOND);
    time.stepCompleted(13, 6 * SECOND);
    assertThat(spent).containsEntry(Use.REWORK, 2.0).containsEntry(Use.PRODUCTIVE, 3.0);
  }

  @Test
  void onlyTheStepInWhichAWorkerIsLostCountsAsRestart() {
    RunTime time = time(0);
    time.stepCompleted(1, SECOND);
    time.workerLost();
    time.stepCompleted(2, 20 * SECOND);
    time.stepCompleted(3, 21 * SECOND);
    assertThat(spent).containsEntry(Use.RESTART, 19.0).containsEntry(Use.PRODUCTIVE, 1.0);
  }

  private RunTime time(long stepReachedBefore) {
    return new RunTime(
        0, stepReachedBefore, (use, seconds) -> spent.merge(use, seconds, Double::sum));
  }
}
