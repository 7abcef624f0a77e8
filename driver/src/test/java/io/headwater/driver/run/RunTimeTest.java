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
    time.stepCompleted(1, false, 0, 8 * SECOND);
    time.stepCompleted(2, false, 0, 9 * SECOND);
    time.stepCompleted(3, false, 0, 11 * SECOND);
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
    time.stepCompleted(11, false, 0, SECOND);
    time.stepCompleted(12, false, 0, 3 * SECOND);
    time.stepCompleted(13, false, 0, 6 * SECOND);
    assertThat(spent).containsEntry(Use.REWORK, 2.0).containsEntry(Use.PRODUCTIVE, 3.0);
  }

  @Test
  void onlyTheStepInWhichAWorkerOrAReplicaIsLostCountsAsRestart() {
    RunTime time = time(0);
    time.stepCompleted(1, false, 0, SECOND);
    time.interrupted();
    time.stepCompleted(2, false, 0, 20 * SECOND);
    time.stepCompleted(3, false, 0, 21 * SECOND);
    assertThat(spent).containsEntry(Use.RESTART, 19.0).containsEntry(Use.PRODUCTIVE, 1.0);
  }

  @Test
  void theTimeInWhichShardsLoadIsToldFromTheRestOfTheStart() {
    RunTime time = time(0);
    time.restored(2 * SECOND, 5 * SECOND);
    time.stepCompleted(1, false, 0, 9 * SECOND);
    assertThat(spent).containsOnly(Map.entry(Use.STARTUP, 6.0), Map.entry(Use.RESTORE, 3.0));
  }

  @Test
  void whatAStepWithASnapshotTakesBeyondOthersIsNotProductive() {
    RunTime time = time(0);
    time.stepCompleted(1, false, 0, 8 * SECOND);
    time.stepCompleted(2, false, 0, 9 * SECOND); // the usual second
    time.stepCompleted(3, true, 0, 10 * SECOND);
    time.stepCompleted(4, false, 0, 14 * SECOND);
    assertThat(spent).containsEntry(Use.PRODUCTIVE, 3.0).containsEntry(Use.CHECKPOINT, 3.0);
    time.stepCompleted(5, false, 0, 16 * SECOND); // slow by itself
    assertThat(spent).containsEntry(Use.PRODUCTIVE, 5.0).containsEntry(Use.CHECKPOINT, 3.0);
  }

  @Test
  void aSnapshotBeforeAnyOtherStepIsSeenCountsAsProductive() {
    RunTime time = time(0);
    time.stepCompleted(1, true, 0, SECOND);
    time.stepCompleted(2, true, 0, 3 * SECOND);
    assertThat(spent).containsEntry(Use.PRODUCTIVE, 2.0).doesNotContainKey(Use.CHECKPOINT);
  }

  @Test
  void whatAProductiveStepWaitsForExamplesIsToldApart() {
    RunTime time = time(0);
    time.stepCompleted(1, false, 3, 8 * SECOND);
    time.stepCompleted(2, false, 0.5, 10 * SECOND);
    time.stepCompleted(3, false, 7, 12 * SECOND); // no more than the step took
    assertThat(spent)
        .containsOnly(
            Map.entry(Use.STARTUP, 8.0),
            Map.entry(Use.DATA_WAIT, 2.5),
            Map.entry(Use.PRODUCTIVE, 1.5));
  }

  @Test
  void theTimeWithoutAnyWorkerIsIdle() {
    RunTime time = time(0);
    time.workersPresent(1, SECOND);
    time.workersPresent(2, 2 * SECOND);
    time.stepCompleted(1, false, 0, 8 * SECOND);
    time.interrupted();
    time.workersPresent(1, 9 * SECOND);
    time.workersPresent(0, 10 * SECOND);
    time.workersPresent(1, 30 * SECOND);
    time.workersPresent(2, 31 * SECOND);
    time.stepCompleted(2, false, 0, 33 * SECOND);
    assertThat(spent)
        .containsOnly(
            Map.entry(Use.STARTUP, 8.0), Map.entry(Use.RESTART, 5.0), Map.entry(Use.IDLE, 20.0));
  }

  private RunTime time(long stepReachedBefore) {
    return new RunTime(
        0, stepReachedBefore, (use, seconds) -> spent.merge(use, seconds, Double::sum));
  }
}
