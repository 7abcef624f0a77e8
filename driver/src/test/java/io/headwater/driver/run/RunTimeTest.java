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
    time.stepCompleted(1, false, 8 * SECOND);
    time.stepCompleted(2, false, 9 * SECOND);
    time.stepCompleted(3, false, 11 * SECOND);
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
    time.stepCompleted(11, false, SECOND);
    time.stepCompleted(12, false, 3 * SECOND);
    time.stepCompleted(13, false, 6 * SECOND);
    assertThat(spent).containsEntry(Use.REWORK, 2.0).containsEntry(Use.PRODUCTIVE, 3.0);
  }

  @Test
  void onlyTheStepInWhichAWorkerOrAReplicaIsLostCountsAsRestart() {
    RunTime time = time(0);
    time.stepCompleted(1, false, SECOND);
    time.interrupted();
    time.stepCompleted(2, false, 20 * SECOND);
    time.stepCompleted(3, false, 21 * SECOND);
    assertThat(spent).containsEntry(Use.RESTART, 19.0).containsEntry(Use.PRODUCTIVE, 1.0);
  }

  @Test
  void theTimeInWhichShardsLoadIsToldFromTheRestOfTheStart() {
    RunTime time = time(0);
    time.restored(2 * SECOND, 5 * SECOND);
    time.stepCompleted(1, false, 9 * SECOND);
    assertThat(spent).containsOnly(Map.entry(Use.STARTUP, 6.0), Map.entry(Use.RESTORE, 3.0));
  }

  @Test
  void whatAStepWithASnapshotTakesBeyondOthersIsNotProductive() {
    RunTime time = time(0);
    time.stepCompleted(1, false, 8 * SECOND);
    time.stepCompleted(2, false, 9 * SECOND); // the usual second
    time.stepCompleted(3, true, 10 * SECOND);
    time.stepCompleted(4, false, 14 * SECOND);
    assertThat(spent).containsEntry(Use.PRODUCTIVE, 3.0).containsEntry(Use.CHECKPOINT, 3.0);
    time.stepCompleted(5, false, 16 * SECOND); // slow by itself
    assertThat(spent).containsEntry(Use.PRODUCTIVE, 5.0).containsEntry(Use.CHECKPOINT, 3.0);
  }

  @Test
  void aSnapshotBeforeAnyOtherStepIsSeenCountsAsProductive() {
    RunTime time = time(0);
    time.stepCompleted(1, true, SECOND);
    time.stepCompleted(2, true, 3 * SECOND);
    assertThat(spent).containsEntry(Use.PRODUCTIVE, 2.0).doesNotContainKey(Use.CHECKPOINT);
  }

  private RunTime time(long stepReachedBefore) {
    return new RunTime(
        0, stepReachedBefore, (use, seconds) -> spent.merge(use, seconds, Double::sum));
  }
}
