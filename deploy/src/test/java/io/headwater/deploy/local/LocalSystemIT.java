package io.headwater.deploy.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.deploy.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole system on one machine, as an operator has it: a run that loses a worker and a primary
 * shard ends with the bytes of one that loses nothing, and what watches it has seen everything.
 */
@Timeout(600)
class LocalSystemIT {
  private static final String HEADWATER = Repository.ROOT.resolve("headwater").toString();
  private static final String LAST = "step-00000040/model.safetensors";

  @TempDir private Path folder;

  @Test
  void aRunThatLosesAWorkerAndAPrimaryEndsWithTheSameBytes() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/prometheus")), "Prometheus is not installed");
    StringBuilder text = new StringBuilder();
    for (String page : List.of("wire-protocol", "checkpoint", "corpus-shard", "sparse-rows")) {
      text.append(Files.readString(Repository.ROOT.resolve("docs/format/" + page + ".md")));
    }
    Files.writeString(folder.resolve("text.txt"), text);
    try (LocalSystem system = LocalSystem.up(folder)) {
      system.run(
          HEADWATER,
          "ingest",
          "--input",
          "text.txt",
          "--tokenizer",
          "char",
          "--split",
          "tail",
          "--output",
          "corpus");
      List<String> undisturbed = new ArrayList<>(List.of(HEADWATER));
      undisturbed.addAll(pretrain("alone", 1));
      system.run(undisturbed.toArray(String[]::new));

      Process run = system.submit(pretrain("watched", 2));
      awaitLines(folder.resolve("watched/metrics.jsonl"), 3, run);
      system.kill("worker-0");
      system.kill("shard-0-0");
      assertThat(run.waitFor(5, TimeUnit.MINUTES)).isTrue();
      assertThat(run.exitValue()).as("see %s", folder.resolve("output.log")).isZero();

      assertThat(Files.readAllBytes(folder.resolve("watched").resolve(LAST)))
          .isEqualTo(Files.readAllBytes(folder.resolve("alone").resolve(LAST)));
      JsonNode status = new ObjectMapper().readTree(folder.resolve("watched/status.json").toFile());
      assertThat(status.path("state").asText()).isEqualTo("succeeded");
      assertThat(status.path("events").findValuesAsText("kind"))
          .contains("worker_lost", "replica_lost", "worker_joined", "checkpoint_committed");
      assertRecorded(system);
    }
  }

  private static void assertRecorded(LocalSystem system) throws Exception {
    assertThat(system.query("max_over_time(headwater_steps_total[10m]) > 3")).isNotEmpty();
    for (String cause : List.of("worker_lost", "replica_lost")) {
      String lost = "max_over_time(headwater_interruptions_total{cause=\"%s\"}[10m]) == 1";
      assertThat(system.query(lost.formatted(cause))).as(cause).hasSize(1);
    }
    assertThat(
            system.query(
                "max_over_time(headwater_ps_frames_total{receiver=\"shard\",verdict=\"genuine\"}[10m])"
                    + " > 0"))
        .as("shards that have let frames of the run in")
        .hasSizeGreaterThanOrEqualTo(3);
    // What they wait for is longer than this test; that they wait says that the condition is met.
    assertThat(
            system.query(
                "max_over_time(ALERTS{alertname=\"HeadwaterTargetDown\",instance=\"127.0.0.1:9401\"}[10m])"))
        .as("the killed primary")
        .isNotEmpty();
    assertThat(
            system.query("max_over_time(ALERTS{alertname=\"HeadwaterWorkersBelowMinimum\"}[10m])"))
        .as("the killed worker")
        .isNotEmpty();
    for (JsonNode group : system.prometheus("rules").path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        assertThat(rule.path("health").asText()).as("%s", rule).isEqualTo("ok");
      }
    }
  }

  private static List<String> pretrain(String output, int workers) {
    return List.of(
        "pretrain",
        "--model",
        "gpt-nano",
        "--corpus",
        "corpus",
        "--output",
        output,
        "--steps",
        "40",
        "--workers",
        Integer.toString(workers),
        "--set",
        "training.micro-batches=4",
        "--set",
        "training.batch-size=8",
        "--set",
        "training.log-every=1");
  }

  private static void awaitLines(Path file, int lines, Process run)
      throws IOException, InterruptedException {
    while (!Files.exists(file) || Files.readAllLines(file).size() < lines) {
      assertThat(run.waitFor(100, TimeUnit.MILLISECONDS)).as("the run goes on").isFalse();
    }
  }
}
