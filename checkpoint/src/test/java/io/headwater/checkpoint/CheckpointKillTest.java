package io.headwater.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointKillTest {
  @TempDir Path output;

  @AfterEach
  void live() {
    DyingFileSystem.live();
  }

  @Test
  void killedAnywhereTheNewestIsThePreviousOrTheWholeNewOne() {
    Models.writeByShards(output.toString(), Models.LAYOUT, 1, 2);
    int changes = 0;
    long newest = 1;
    for (; killedAfter(changes, 2); changes++) {
      long step = newestStep();
      // Once the rename has published the new one, it stays.
      assertThat(step).as("killed after change %d", changes).isBetween(newest, 2L);
      newest = step;
      CheckpointCommit.discardUnfinished(output.toString());
      assertThat(newestStep()).isEqualTo(step);
    }
    assertThat(changes).isGreaterThan(20);
    assertThat(newestStep()).isEqualTo(2);
    assertThat(output.toFile().list()).containsExactlyInAnyOrder("step-00000001", "step-00000002");
  }

  @Test
  void killedWhileReplacingADamagedStepThePreviousOneStays() throws IOException {
    Models.writeByShards(output.toString(), Models.LAYOUT, 1, 2);
    int changes = 0;
    do {
      DyingFileSystem.live();
      Models.writeByShards(output.toString(), Models.LAYOUT, 2, 2);
      Files.writeString(output.resolve("step-00000002/config.json"), "damaged");
      assertThat(newestStep()).isEqualTo(1);
    } while (killedAfter(changes++, 2));
    assertThat(newestStep()).isEqualTo(2);
  }

  @Test
  void aCommitIsRepeatedAfterAKill() {
    for (int changes = 0; killedAfter(changes, 2); changes++) {
      Models.writeByShards(output.toString(), Models.LAYOUT, 2, 3);
      assertThat(newestStep()).isEqualTo(2);
      assertThat(output.toFile().list()).contains("step-00000002");
    }
  }

  @Test
  void killedWhileDeletingOldOnesTheRestStaysValid() {
    for (int changes = 0; changes < 8; changes++) {
      for (long step = 1; step <= 3; step++) {
        Models.writeByShards(output.toString(), Models.LAYOUT, step, 1);
      }
      DyingFileSystem.dieAfter(changes);
      try {
        CheckpointCommit.keepNewest("dying:" + output, 1);
      } catch (CheckpointException killed) {
        assertThat(killed).hasMessageContaining("killed");
      } finally {
        DyingFileSystem.live();
      }
      assertThat(newestStep()).isEqualTo(3);
    }
  }

  /** Whether the process was dead before the checkpoint was committed. */
  private boolean killedAfter(int changes, long step) {
    DyingFileSystem.dieAfter(changes);
    try {
      Models.writeByShards("dying:" + output, Models.LAYOUT, step, 2);
      return false;
    } catch (CheckpointException killed) {
      return true;
    } finally {
      DyingFileSystem.live();
    }
  }

  private long newestStep() {
    try (Checkpoint newest = Checkpoint.newest(output.toString()).orElseThrow()) {
      CheckpointTest.assertVectors(newest, newest.step());
      return newest.step();
    }
  }
}
