package io.headwater.deploy.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.deploy.Repository;
import io.headwater.deploy.monitoring.AlertRules;
import io.headwater.deploy.monitoring.Dashboards;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole system on one machine, as an operator has it: a run that loses a worker and a primary
 * shard ends with the bytes of one that loses nothing, what watches it has seen everything, and
 * after many such runs nothing is left behind.
 */
@TestMethodOrder(OrderAnnotation.class)
@Timeout(value = 90, unit = TimeUnit.MINUTES) // the soak is as long as it is asked to be
class LocalSystemIT {
  private static final String HEADWATER = Repository.ROOT.resolve("headwater").toString();
  private static final String LAST = "step-00000160/model.safetensors";

  private static final Duration SOAK =
      Duration.ofMinutes(Long.getLong("headwater.soak.minutes", 3));

  /** By the killed primary and the killed worker. */
  private static final Set<String> MUST_FIRE =
      Set.of("HeadwaterTargetDown", "HeadwaterWorkersBelowMinimum");

  /**
   * Those that wait before they fire, which is made very short here, for what the start and end of
   * a short run, the loss of its processes or a busy machine look like for a moment.
   */
  private static final Set<String> MAY_FIRE =
      Set.of(
          "HeadwaterStalled",
          "HeadwaterThroughputDegraded",
          "HeadwaterGoodputBurnFast",
          "HeadwaterGoodputBurnSlow",
          "HeadwaterDataStarved",
          "HeadwaterStraggler",
          "HeadwaterExecutorsPending",
          "HeadwaterIngestStuck",
          "HeadwaterPsShardDown",
          "HeadwaterPsLatencyHigh",
          "HeadwaterPsRepeatsHigh",
          "HeadwaterForeignFrames",
          "HeadwaterAeronLossHigh",
          "HeadwaterAeronBackpressure",
          "HeadwaterPsMemoryNearLimit",
          "HeadwaterShmNearlyFull");

  /** Those for which nothing here is a reason, however short they wait. */
  private static final Set<String> MUST_NOT_FIRE =
      Set.of(
          "HeadwaterLossNonFinite",
          "HeadwaterLossSpike",
          "HeadwaterGradNormExploding",
          "HeadwaterWorkerRestartLoop", // one worker is lost
          "HeadwaterPsStalenessHigh", // workers keep step
          "HeadwaterCheckpointStale", // no run is older than ten minutes
          "HeadwaterCheckpointFailing",
          "HeadwaterCheckpointStorageFull",
          "HeadwaterGpuXid",
          "HeadwaterGpuIdle");

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private static Path folder;

  private static LocalSystem system;
  private static Instant up;

  @BeforeAll
  static void bringUp() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/prometheus")), "Prometheus is not installed");
    StringBuilder text = new StringBuilder();
    for (String page : List.of("wire-protocol", "checkpoint", "corpus-shard", "sparse-rows")) {
      text.append(Files.readString(Repository.ROOT.resolve("docs/format/" + page + ".md")));
    }
    Files.writeString(folder.resolve("text.txt"), text);
    up = Instant.now();
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
        "corpus",
        "--metrics-port",
        "9400");
  }

  @AfterAll
  static void takeDown() throws Exception {
    if (system != null) {
      system.close();
    }
  }

  @Test
  @Order(1) // what others have lost is no reason for an alert here
  void aRunThatLosesAWorkerAndAPrimaryEndsWithTheSameBytes() throws Exception {
    Instant begin = Instant.now();
    List<String> undisturbed = new ArrayList<>(List.of(HEADWATER));
    undisturbed.addAll(pretrain("alone", 1));
    system.run(undisturbed.toArray(String[]::new));

    Process run = system.submit(pretrain("watched", 2));
    awaitLines(folder.resolve("watched/metrics.jsonl"), 3, run);
    String page = system.ofDriver("/");
    assertThat(page).contains("<!doctype html>", "gpt-nano", "training");
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
    assertThat(status.at("/shards/1/parameters").asLong())
        .as("of a shard that is a process")
        .isPositive();
    assertRecorded();
    assertAlerts(begin);
  }

  /** Of the ingest at the beginning, the run above, and a fine-tuning run of its model. */
  @Test
  @Order(2)
  void everyPanelOfEveryDashboardHasSomethingToShow() throws Exception {
    Files.writeString(folder.resolve("labelled.csv"), "text,label\nthe shard,a\na worker,b\n");
    system.run(
        HEADWATER,
        "finetune",
        "--checkpoint",
        "alone/step-00000160",
        "--train",
        "labelled.csv",
        "--eval",
        "labelled.csv",
        "--output",
        "task",
        "--epochs",
        "1000",
        "--metrics-port",
        "9400");
    List<String> empty = new ArrayList<>();
    for (Path dashboard : Dashboards.files()) {
      for (String query : Dashboards.queries(dashboard, "local")) {
        if (!isNotHere(query) && system.query(query, up).isEmpty()) {
          empty.add(dashboard.getFileName() + ": " + query);
        }
      }
    }
    assertThat(empty).isEmpty();
  }

  /**
   * GPUs; the scores of a task model, which its process knows just before it ends; and how far the
   * phase under way of an ingest is, which a short one may leave between two scrapes.
   */
  private static boolean isNotHere(String query) {
    return query.contains("DCGM_FI_")
        || query.contains("headwater_eval_metric")
        || query.contains("headwater_ingest_phase_tasks");
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
    Process wrong = system.submitInClusterMode(onOneWorker("wrong-cluster", "nowhere", 40));
    assertThat(wrong.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(wrong.exitValue()).as("a corpus that is not there").isEqualTo(2);

    Process stopped = system.submitInClusterMode(onOneWorker("stopped-cluster", "corpus", 100_000));
    awaitLines(folder.resolve("stopped-cluster/metrics.jsonl"), 3, stopped);
    stopped.destroy(); // SIGTERM
    assertThat(stopped.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(stopped.exitValue()).as("stopped in order").isEqualTo(3);
  }

  /** The other worker has the driver. */
  private static List<String> onOneWorker(String output, String corpus, int steps) {
    List<String> arguments =
        new ArrayList<>(
            pretrain(folder.resolve(output).toString(), 1, folder.resolve(corpus).toString()));
    arguments.set(arguments.indexOf("--steps") + 1, Integer.toString(steps));
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

  private static void assertAlerts(Instant begin) throws Exception {
    Map<String, String> conditions = AlertRules.conditions();
    Set<String> decided = new TreeSet<>(MUST_FIRE);
    decided.addAll(MAY_FIRE);
    decided.addAll(MUST_NOT_FIRE);
    assertThat(decided)
        .hasSize(MUST_FIRE.size() + MAY_FIRE.size() + MUST_NOT_FIRE.size())
        .isEqualTo(conditions.keySet());
    for (String condition : conditions.values()) {
      system.query(condition); // fails if Prometheus cannot answer
    }
    Set<String> fired = new TreeSet<>();
    for (JsonNode series : system.query("ALERTS{alertstate=\"firing\"}", begin)) {
      fired.add(series.at("/metric/alertname").asText());
    }
    assertThat(fired).containsAll(MUST_FIRE).doesNotContainAnyElementsOf(MUST_NOT_FIRE);
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
        "160", // so many that Prometheus, which asks every 5 s, sees checkpoints between them
        "--workers",
        Integer.toString(workers),
        "--set",
        "training.micro-batches=4",
        "--set",
        "training.batch-size=8",
        "--set",
        "training.log-every=1",
        "--set",
        "training.evaluate-every-steps=20",
        "--set",
        "checkpoint.every-steps=20",
        "--set",
        "training.evaluate-sequences=8");
  }

  private static void awaitLines(Path file, int lines, Process run)
      throws IOException, InterruptedException {
    while (!Files.exists(file) || Files.readAllLines(file).size() < lines) {
      assertThat(run.waitFor(100, TimeUnit.MILLISECONDS)).as("the run goes on").isFalse();
    }
  }
}
