package io.headwater.driver.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.history.RunComparison.Difference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunHistoryTest {
  private static final Instant NOW = Instant.parse("2026-01-02T10:00:00Z");

  @TempDir Path root;

  @Test
  void listsRunsOfAllDepthsTheNewestFirst() throws IOException {
    run("a", "2026-01-01T00:00:00Z", "succeeded", 10);
    run("deep/er/b", "2026-01-02T00:00:00Z", "failed", 20);
    Files.createDirectories(root.resolve("a/step-00000010"));
    Files.writeString(root.resolve("a/step-00000010/run.json"), "{}");

    List<PastRun> runs = RunHistory.under(root);

    assertThat(runs).extracting(PastRun::id).containsExactly("deep-er-b", "a");
    JsonNode summary = runs.get(1).summary(NOW);
    assertThat(summary.path("state").asText()).isEqualTo("succeeded");
    assertThat(summary.path("model").asText()).isEqualTo("gpt-nano");
    assertThat(summary.path("loss").asDouble()).isEqualTo(2.5);
  }

  @Test
  void aRunThatWasKilledIsLostAndItsStepsAreThoseItLogged() throws IOException {
    Path folder = run("killed", "2026-01-02T00:00:00Z", "starting", 0);
    losses(folder, 3, 2, 1);
    status(folder, "training", "2026-01-02T09:00:00Z");

    JsonNode summary = RunHistory.under(root).get(0).summary(NOW);

    assertThat(summary.path("state").asText()).isEqualTo("lost");
    assertThat(summary.path("steps").asLong()).isEqualTo(3);
    assertThat(summary.path("loss").asDouble()).isEqualTo(1);
  }

  @Test
  void aRunThatGoesOnHasTheStateOfItsStatus() throws IOException {
    Path folder = run("live", "2026-01-02T00:00:00Z", "starting", 0);
    status(folder, "training", "2026-01-02T09:59:58Z");

    assertThat(PastRun.read(folder).state(NOW)).isEqualTo("training");
  }

  @Test
  void passesOverADamagedRecordAndRefusesItWhereItIsAskedFor() throws IOException {
    Path damaged = Files.createDirectories(root.resolve("damaged"));
    Files.writeString(damaged.resolve("run.json"), "{\"run_id\":");
    run("whole", "2026-01-01T00:00:00Z", "succeeded", 10);

    assertThat(RunHistory.under(root)).extracting(PastRun::id).containsExactly("whole");
    assertThatThrownBy(() -> PastRun.read(damaged))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("run.json");
    assertThatThrownBy(() -> PastRun.read(root)).hasMessageContaining("there is no run.json");
  }

  @Test
  void comparesSettingsResultsAndCurves() throws IOException {
    Path first = run("one", "2026-01-01T00:00:00Z", "succeeded", 10);
    Path second = run("two", "2026-01-01T01:00:00Z", "succeeded", 20);
    losses(first, 4, 3, 2);
    losses(second, 4, 3.5, 2.5, 2);

    RunComparison comparison = RunComparison.of(PastRun.read(first), PastRun.read(second));

    assertThat(comparison.settings())
        .containsExactly(new Difference("configuration.training.steps", "10", "20"));
    assertThat(comparison.results())
        .contains(new Difference("results.status", "succeeded", "succeeded"));
    assertThat(comparison.losses().common()).isEqualTo(3);
    assertThat(comparison.losses().differing()).isEqualTo(2);
    assertThat(comparison.losses().firstDifferent()).isEqualTo(2);
    assertThat(comparison.losses().meanDifference()).isCloseTo(1.0 / 3, within(1e-12));
    assertThat(comparison.toJson().at("/losses/steps/2/second").asDouble()).isEqualTo(2.5);
  }

  private Path run(String name, String started, String state, int steps) throws IOException {
    Path folder = Files.createDirectories(root.resolve(name));
    Files.writeString(
        folder.resolve("run.json"),
        """
        {"stage": "pretrain", "run_id": "%s", "started": "%s", "model": {"n_layer": 2},
         "configuration": {"output": "%s", "model": {"preset": "gpt-nano"}, "training": {"steps": %d}},
         "results": {"status": "%s", "steps": %d, "final_loss": 2.5}}
        """
            .formatted(name.replace('/', '-'), started, name, steps, state, steps)
            .replace(state.equals("starting") ? ", \"final_loss\": 2.5" : "\0", ""));
    return folder;
  }

  private static void losses(Path folder, double... losses) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < losses.length; i++) {
      lines.append("{\"step\": %d, \"loss\": %s}\n".formatted(i + 1, losses[i]));
    }
    Files.writeString(folder.resolve("metrics.jsonl"), lines + "{\"step\": 99, \"lo");
  }

  private static void status(Path folder, String state, String updated) throws IOException {
    Files.writeString(
        folder.resolve("status.json"),
        """
        {"run_id": "x", "state": "%s", "updated": "%s", "progress": {"step": 3}}
        """
            .formatted(state, updated));
  }
}
