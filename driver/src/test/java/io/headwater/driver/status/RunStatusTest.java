package io.headwater.driver.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.headwater.driver.config.RunConfig;
import io.headwater.driver.config.RunConfigReader;
import io.headwater.driver.status.StatusReport.Replica;
import io.headwater.ps.PsMetrics;
import io.headwater.ps.coordinator.StepCompleted;
import io.headwater.ps.coordinator.StepFigures;
import io.headwater.ps.optimizer.UpdateGuard;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunStatusTest {
  private static final StepFigures FIGURES =
      new StepFigures(List.of(3.0), 0, 0, Double.NaN, Double.NaN);
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private final RunStatus status =
      new RunStatus(RunOverview.of(config()), "1.2.3", Clock.fixed(NOW, ZoneOffset.UTC));

  @Test
  void aLostPrimaryIsFollowedByItsStandbyAndComesBackBehindIt() {
    status.stepCompleted(step(1));
    assertThat(roles()).containsExactly("primary", "standby");

    status.replicaLost(1, 0, "not heard for 4 s");
    status.stepCompleted(step(2));
    assertThat(roles()).containsExactly("lost", "primary");
    assertThat(replicas().get(0).lagSteps()).isEqualTo(1);

    status.replicaJoined(1, 0);
    assertThat(roles()).containsExactly("standby", "primary");
    assertThat(replicas().get(0).lagSteps()).isZero();
    assertThat(replicas().get(0).address()).isEqualTo("c:4000");
  }

  @Test
  void whatShardsHoldIsKnownOnceTheyHaveLoaded() {
    assertThat(status.report().shards().get(1).parameters()).isNull();
    status.shardHolds(1, 1000, 12_000);
    assertThat(status.report().shards().get(1).parameters()).isEqualTo(1000);
    assertThat(status.report().shards().get(1).memoryBytes()).isEqualTo(12_000);
  }

  @Test
  void countsHowOftenAWorkerWasLost() {
    status.workerJoined(0);
    status.workerLost(0, "not heard");
    status.workerJoined(0);

    StatusReport.Worker worker = status.report().workers().get(0);
    assertThat(worker.state()).isEqualTo("ready");
    assertThat(worker.lost()).isEqualTo(1);
    assertThat(status.report().workers().get(1).state()).isEqualTo("starting");
  }

  @Test
  void aFailureIsTheStateTheErrorAndAnEvent() {
    status.enter("training");
    status.fail("shard 1 is lost");

    assertThat(status.report().state()).isEqualTo("failed");
    assertThat(status.report().isOver()).isTrue();
    assertThat(status.report().error()).isEqualTo("shard 1 is lost");
    assertThat(status.report().events().get(0).kind()).isEqualTo("run_failed");
  }

  @Test
  void keepsTheNewestEventsOfALongRun() {
    for (int i = 0; i < 1000; i++) {
      status.checkpointCommitted(i, "run/step-" + i, 0.1);
    }

    assertThat(status.report().events()).hasSize(100);
    assertThat(status.report().events().get(0).message()).contains("step 999");
    assertThat(status.report().checkpoints().newest()).hasSize(20);
  }

  @Test
  void aReportGoesThroughJsonUnchanged() throws Exception {
    status.startsFrom(10, 640);
    status.stepCompleted(
        new StepCompleted(
            11, 2.5, Double.NaN, 1e-3f, 64, true, false, false, UpdateGuard.State.START, FIGURES));
    StatusReport report = status.report();

    assertThat(report.progress().tokens()).isEqualTo(704);
    assertThat(report.progress().gradNorm()).isNull();
    assertThat(StatusJson.parse(StatusJson.of(report).toString())).isEqualTo(report);
  }

  @Test
  void whatOthersSayIsNeverMarkup() {
    status.workerLost(0, "<script>alert(1)</script>");

    assertThat(StatusHtml.page(status.report()))
        .doesNotContain("<script>alert")
        .contains("&lt;script&gt;alert(1)");
  }

  @Test
  void aRunThatSaysNothingAnyMoreIsNoticed() {
    status.enter("training");
    StatusReport report = status.report();

    assertThat(StatusText.lines(report, NOW.plusSeconds(5))).noneMatch(l -> l.contains("gone"));
    assertThat(StatusText.lines(report, NOW.plusSeconds(90)))
        .anyMatch(line -> line.contains("No word for 1 min 30 s"));
  }

  @Test
  void aWorkerInAnotherProcessTellsItsPhases() {
    // A number that no worker of a test in this process has: what is here counts before what is
    // told.
    int far = 11;
    RunStatus ofMany =
        new RunStatus(RunOverview.of(config(far + 1)), "1.2.3", Clock.fixed(NOW, ZoneOffset.UTC));
    ofMany.workerJoined(far);
    ofMany.workerReported(far, Map.of("push", 0.5, "data_wait", 0.25));

    StatusReport.Worker worker = ofMany.report().workers().get(far);
    assertThat(worker.phaseSeconds()).containsExactly(entry("data_wait", 0.25), entry("push", 0.5));
    assertThat(worker.lagSteps()).isNull();

    PsMetrics.stepLag(far, 3); // as the coordinator knows it, wherever the worker is
    assertThat(ofMany.report().workers().get(far).lagSteps()).isEqualTo(3);
  }

  private List<String> roles() {
    return replicas().stream().map(Replica::role).toList();
  }

  private List<Replica> replicas() {
    return status.report().shards().get(1).replicas();
  }

  private static StepCompleted step(long step) {
    return new StepCompleted(
        step, 3.0, 1.0, 1e-3f, 64, false, false, false, UpdateGuard.State.START, FIGURES);
  }

  @Test
  void anEpochOfWordVectorsIsFollowedWithin() {
    RunStatus words = wordVectors();
    words.startsFrom(1, 1000);
    words.underWay(0.25, 1250);

    StatusReport.Progress progress = words.report().progress();
    assertThat(progress.step()).isEqualTo(1);
    assertThat(progress.stepPart()).isEqualTo(0.25);
    assertThat(progress.done()).isEqualTo(1.25 / 4);
    assertThat(progress.tokens()).isEqualTo(1250);
    assertThat(words.report().workers()).isEmpty();
    assertThat(words.report().shards()).isEmpty();

    words.epochCompleted(2, 0.5, 2000, 700);
    assertThat(words.report().progress().stepPart()).isNull();
    assertThat(words.report().progress().done()).isEqualTo(0.5);
    assertThat(words.report().progress().loss()).isEqualTo(0.5);
    assertThat(words.report().curve()).containsExactly(new StatusReport.CurvePoint(2, 0.5, 700.0));
  }

  @Test
  void theStepsOfFineTuningAreKnownOnceItsDataIsRead() {
    RunOverview overview = RunOverview.fineTuning("task", "lora", "classification");
    RunStatus tuning = new RunStatus(overview, "1", Clock.fixed(NOW, ZoneOffset.UTC));
    assertThat(tuning.report().progress().secondsLeft()).isNull();

    tuning.planned(10);
    tuning.stepCompleted(1, 0.7, 0);
    tuning.stepCompleted(2, 0.6, 0);

    StatusReport report = tuning.report();
    assertThat(report.stage()).isEqualTo("finetune");
    assertThat(report.model()).isEqualTo("lora");
    assertThat(report.progress().done()).isEqualTo(0.2);
    assertThat(report.progress().secondsLeft()).isNotNegative();
    assertThat(report.progress().tokensPerSecond()).as("nobody counts them").isNull();
  }

  private static RunStatus wordVectors() {
    RunOverview overview =
        new RunOverview(
            "words", "pretrain", "word2vec", "skipgram", "one process", 4, 0, List.of(), 1);
    return new RunStatus(overview, "1", Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static RunConfig config() {
    return config(2);
  }

  private static RunConfig config(int workers) {
    return RunConfigReader.read(
        Optional.empty(),
        List.of("parameter-server.endpoints=a:4000+b:4000,c:4000+d:4000"),
        Map.of(
            "model.preset", "gpt-nano",
            "corpus", "corpus",
            "output", "run",
            "training.workers", Integer.toString(workers)));
  }
}
