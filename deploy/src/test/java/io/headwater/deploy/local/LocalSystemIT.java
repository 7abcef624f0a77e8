package io.headwater.deploy.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.deploy.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole system on one machine, as an operator has it: a run that loses a worker and a primary
 * shard ends with the bytes of one that loses nothing, what watches it has seen everything, and
 * after many such runs nothing is left behind.
 */
@Timeout(value = 90, unit = TimeUnit.MINUTES) // the soak is as long as it is asked to be
class LocalSystemIT {
  private static final String HEADWATER = Repository.ROOT.resolve("headwater").toString();
  private static final String LAST = "step-00000040/model.safetensors";

  private static final Duration SOAK =
      Duration.ofMinutes(Long.getLong("headwater.soak.minutes", 3));

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private static Path folder;

  private static LocalSystem system;

  @BeforeAll
  static void bringUp() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/prometheus")), "Prometheus is not installed");
    StringBuilder text = new StringBuilder();
    for (String page : List.of("wire-protocol", "checkpoint", "corpus-shard", "sparse-rows")) {
      text.append(Files.readString(Repository.ROOT.resolve("docs/format/" + page + ".md")));
    }
    Files.writeString(folder.resolve("text.txt"), text);
    system = LocalSystem.up(folder);
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
  }

  @AfterAll
  static void takeDown() throws Exception {
    if (system != null) {
      system.close();
    }
  }

  @Test
  void aRunThatLosesAWorkerAndAPrimaryEndsWithTheSameBytes() throws Exception {
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
    assertRecorded();
    assertThat(system.query(silent())).as("alerts without a reason").isEmpty();
  }

  @Test
  void whatIsSubmittedEndsWithItsOwnExitCode() throws Exception {
    Process wrong = system.submit(pretrain("wrong", 2, "nowhere"));
    assertThat(wrong.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(wrong.exitValue()).as("a corpus that is not there").isEqualTo(2);

    Process run = system.submit(pretrain("stopped", 2));
    awaitLines(folder.resolve("stopped/metrics.jsonl"), 3, run);
    run.destroy(); // SIGTERM
    assertThat(run.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(run.exitValue()).as("stopped in order").isEqualTo(3);
    JsonNode record = new ObjectMapper().readTree(folder.resolve("stopped/run.json").toFile());
    assertThat(record.at("/results/status").asText()).isEqualTo("stopped");
    int step = record.at("/results/steps").asInt();
    assertThat(folder.resolve("stopped/step-%08d/manifest.json".formatted(step))).exists();
    system.awaitShards();
  }

  @Test
  void inClusterModeTooWhatIsSubmittedEndsWithItsOwnExitCode() throws Exception {
    Process wrong = system.submitInClusterMode(onOneWorker("wrong-cluster", "nowhere"));
    assertThat(wrong.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(wrong.exitValue()).as("a corpus that is not there").isEqualTo(2);
  }

  /** The other worker has the driver. */
  private static List<String> onOneWorker(String output, String corpus) {
    List<String> arguments =
        new ArrayList<>(
            pretrain(folder.resolve(output).toString(), 1, folder.resolve(corpus).toString()));
    arguments.addAll(List.of("--set", "parameter-server.host=127.0.0.1"));
    arguments.addAll(List.of("--set", "parameter-server.port=41400")); // of shards in the driver
    return arguments;
  }

  /**
   * With {@code -Dheadwater.soak.minutes} and {@code -Dheadwater.soak.seed}; see deploy/soak.sh.
   */
  @Test
  void runAfterRunWithRandomFaultsLeavesNothingBehind() throws Exception {
    long seed = Long.getLong("headwater.soak.seed", 1);
    boolean isLong = SOAK.compareTo(Duration.ofMinutes(10)) >= 0;
    SoakReport report =
        new Soak(system, folder, SoakedRun.arguments(isLong), seed, isLong).run(SOAK);
    report.lines().forEach(System.out::println);
    report.assertNothingLeaked();
    assertThat(report.faults()).isNotEmpty();
    assertThat(report.goodput()).isPositive();
  }

  private static void assertRecorded() throws Exception {
    assertThat(system.query("max_over_time(headwater_steps_total[10m]) > 3")).isNotEmpty();
    for (String cause : List.of("worker_lost", "replica_lost")) {
      String lost = "max_over_time(headwater_interruptions_total{cause=\"%s\"}[10m]) >= 1";
      assertThat(system.query(lost.formatted(cause))).as(cause).hasSize(1);
    }
    assertThat(
            system.query(
                "max_over_time(headwater_ps_frames_total{receiver=\"shard\",verdict=\"genuine\"}[10m])"
                    + " > 0"))
        .as("shards that have let frames of the run in")
        .hasSizeGreaterThanOrEqualTo(3);
    assertThat(system.query(fired("HeadwaterTargetDown", ",instance=\"127.0.0.1:9401\"")))
        .as("the killed primary")
        .isNotEmpty();
    assertThat(system.query(fired("HeadwaterWorkersBelowMinimum", "")))
        .as("the killed worker")
        .isNotEmpty();
    for (JsonNode group : system.prometheus("rules").path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        assertThat(rule.path("health").asText()).as("%s", rule).isEqualTo("ok");
      }
    }
  }

  private static String fired(String alert, String labels) {
    return "max_over_time(ALERTS{alertname=\"%s\",alertstate=\"firing\"%s}[10m])"
        .formatted(alert, labels);
  }

  /**
   * Alerts for which nothing here is a reason, and whose condition does not lean on how long it
   * holds: all hold for too short a time here.
   */
  private static String silent() {
    return "max_over_time(ALERTS{alertstate=\"firing\",alertname=~\"HeadwaterLossNonFinite|"
        + "HeadwaterCheckpointFailing|HeadwaterCheckpointStorageFull\"}[10m])";
  }

  private static List<String> pretrain(String output, int workers) {
    return pretrain(output, workers, "corpus");
  }

  private static List<String> pretrain(String output, int workers, String corpus) {
    return List.of(
        "pretrain",
        "--model",
        "gpt-nano",
        "--corpus",
        corpus,
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
