package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.corpus.Ingest;
import io.headwater.corpus.IngestConfig;
import io.headwater.corpus.IngestProgress;
import io.headwater.corpus.SplitOptions;
import io.headwater.corpus.shard.CorpusManifest;
import io.headwater.corpus.shard.CorpusManifest.FileEntry;
import io.headwater.corpus.tokenize.TokenizerOptions;
import io.headwater.driver.Launcher.Result;
import io.headwater.driver.Launcher.Running;
import io.headwater.driver.history.PastRun;
import io.headwater.driver.run.IngestMetrics;
import io.headwater.driver.run.MetricsEndpoint;
import io.headwater.driver.spark.SparkApplication;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a running run tells a real Prometheus server. Dashboards and alerts are tried with the whole
 * system, in the module deploy.
 */
class MetricsIT {
  private static final Path CHART =
      Path.of(System.getProperty("headwater.root"), "helm", "headwater");
  private static final Path PROMTOOL = Path.of("/usr/bin/promtool");
  private static final Duration LIMIT = Duration.ofMinutes(1);

  /** Queries whose value must come to lie above the number. */
  private static final Map<String, Double> QUERIES =
      Map.ofEntries(
          Map.entry("up{job='headwater'}", 0.5),
          Map.entry("headwater_epoch * headwater_restore_duration_seconds", 0.0),
          Map.entry("headwater_run_state{state='training'}", 0.5),
          Map.entry("headwater_loss", 0.5),
          Map.entry("headwater_tokens_total", 1000.0),
          Map.entry("count(headwater_step_phase_seconds_total > 0)", 9.5), // 2 workers, 5 phases
          Map.entry(
              "count(headwater_ps_request_duration_seconds_count{op='push'} > 0)", 1.5), // 2 shards
          Map.entry("count(headwater_ps_request_duration_seconds_count{op='pull'} > 0)", 1.5),
          Map.entry("count(headwater_ps_bytes_total > 0)", 3.5), // 2 shards, 2 directions
          Map.entry("sum(headwater_ps_parameters)", 500_000.0),
          Map.entry(
              "count(headwater_checkpoint_duration_seconds_count > 0)",
              2.5), // snapshot, write, commit
          Map.entry("count(headwater_ps_compression_ratio == 1)", 1.5), // 2 shards
          Map.entry("count(headwater_ps_queue_length)", 1.5),
          Map.entry("count(headwater_worker_step_lag_steps < 2)", 1.5), // 2 workers in step
          Map.entry("headwater_examples_total", 10.0),
          Map.entry("headwater_param_norm", 10.0),
          Map.entry("headwater_update_ratio > 0 < 1", 0.0),
          Map.entry("headwater_model_flops_total", 1e9),
          Map.entry("headwater_run_time_seconds_total{class='data_wait'}", 0.0),
          Map.entry("headwater_aeron_mapped_bytes", 1e6),
          Map.entry("headwater_socket_buffer_bytes{kind='granted'}", 1.0),
          Map.entry("headwater_run_time_seconds_total{class='restore'}", 0.0),
          Map.entry("headwater_run_info{spark_app_id=~'local-.+'}", 0.5));

  private final HttpClient client = HttpClient.newHttpClient();

  @TempDir Path folder;

  @BeforeEach
  void needPrometheus() {
    assumeTrue(
        Files.isExecutable(PrometheusServer.PROGRAM),
        "Debian's package prometheus is not installed");
  }

  @Test
  void aPrometheusServerSeesTheRun() throws Exception {
    int port = FreePorts.tcp();
    Running run = startRun(port);
    try (PrometheusServer prometheus =
        PrometheusServer.start(folder, port, CHART.resolve("rules/headwater.yaml"))) {
      for (Map.Entry<String, Double> query : QUERIES.entrySet()) {
        awaitAbove(prometheus, query.getKey(), query.getValue(), run.process());
      }
      assertThat(complaints(get("http://127.0.0.1:" + port + "/metrics"))).isEmpty();
    } finally {
      run.process().destroyForcibly();
    }
  }

  @Test
  void aFineTuningRunServesItsStatus() throws Exception {
    int port = FreePorts.tcp();
    Running run = startFineTuning(port);
    try {
      String page = "http://127.0.0.1:" + port + "/status.json";
      await(page, run.process(), () -> hasMade(page, 1000));
      JsonNode status = new ObjectMapper().readTree(get(page));
      assertThat(status.path("stage").asText()).isEqualTo("finetune");
      assertThat(status.path("state").asText()).isEqualTo("training");
      assertThat(status.at("/progress/steps").asLong()).isGreaterThan(1000);
      assertThat(status.path("curve")).isNotEmpty();
    } finally {
      run.process().destroyForcibly();
    }
    PastRun past = PastRun.read(folder.resolve("task-run"));
    assertThat(past.summary(Instant.now().plusSeconds(60)).path("state").asText())
        .as("killed without a word")
        .isEqualTo("lost");
    assertThat(past.summary(Instant.now()).path("stage").asText()).isEqualTo("finetune");
    assertThat(past.losses()).isNotEmpty();
  }

  @Test
  void aPrometheusServerSeesAnIngest() throws Exception {
    Files.writeString(folder.resolve("a.txt"), "A stream begins at its headwater.");
    Files.writeString(folder.resolve("b.txt"), "A stream begins at its headwater.");
    Files.writeString(folder.resolve("c.txt"), " ");
    IngestConfig config =
        IngestConfig.of(
                List.of(folder.resolve("*.txt").toString()), folder.resolve("corpus").toString())
            .withTokenizer(new TokenizerOptions("byte", 0))
            .withSplit(SplitOptions.tail());
    int port = FreePorts.tcp();
    try (MetricsEndpoint endpoint = MetricsEndpoint.start(port);
        PrometheusServer prometheus =
            PrometheusServer.start(folder, port, CHART.resolve("rules/headwater.yaml"));
        SparkApplication spark = SparkApplication.start("ingest", "local[1]", 1, 1)) {
      IngestMetrics metrics = new IngestMetrics("it", "byte", IngestProgress.none());
      CorpusManifest manifest = Ingest.run(spark.session(), config, metrics).manifest();
      Map<String, Long> figures =
          Map.of(
              "headwater_ingest_files_total", 3L,
              "headwater_ingest_documents_read_total", 3L,
              "headwater_ingest_documents_total{result='kept'}", 1L,
              "headwater_ingest_documents_total{result='duplicate'}", 1L,
              "headwater_ingest_documents_total{result='empty'}", 1L,
              "headwater_ingest_bytes_total{direction='in'}", 67L,
              "headwater_ingest_tokens_total", manifest.tokens(),
              "headwater_ingest_bytes_total{direction='out'}",
                  manifest.files().stream().mapToLong(FileEntry::bytes).sum());
      for (Map.Entry<String, Long> figure : figures.entrySet()) {
        String query = figure.getKey();
        await(query, prometheus.process(), () -> told(prometheus, query) == figure.getValue());
      }
    }
  }

  /** False while nobody serves the page: no process listens, or its run has not begun. */
  private boolean hasMade(String page, long steps) throws IOException, InterruptedException {
    try {
      HttpResponse<String> answer = answer(page);
      return answer.statusCode() == 200
          && new ObjectMapper().readTree(answer.body()).at("/progress/steps").asLong() > steps;
    } catch (ConnectException e) {
      return false;
    }
  }

  private static long told(PrometheusServer prometheus, String query) {
    try {
      return Math.round(value(prometheus.query(query)));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Running startFineTuning(int port) throws Exception {
    Launcher headwater = new Launcher(folder);
    Result pretrained =
        headwater.run(
            "pretrain",
            "--model",
            "gpt-nano",
            "--corpus",
            Shakespeare.corpus().toString(),
            "--output",
            "body",
            "--steps",
            "1",
            "--set",
            "training.batch-size=2",
            "--json");
    assertThat(pretrained.exitCode()).as("%s", pretrained.err()).isZero();
    String labelled = "text,label\nspeak i pray you,a\nwe are resolved,b\n";
    Files.writeString(folder.resolve("train.csv"), labelled);
    return headwater.start(
        "finetune",
        "--checkpoint",
        pretrained.json().path("checkpoint").asText(),
        "--train",
        "train.csv",
        "--eval",
        "train.csv",
        "--output",
        "task",
        "--epochs",
        "100000",
        "--metrics-port",
        Integer.toString(port));
  }

  private Running startRun(int port) throws Exception {
    return new Launcher(folder)
        .start(
            "pretrain",
            "--model",
            "gpt-nano",
            "--corpus",
            Shakespeare.corpus().toString(),
            "--output",
            "run",
            "--steps",
            "100000",
            "--set",
            "checkpoint.every-steps=20",
            "--workers",
            "2",
            "--parameter-servers",
            "2",
            "--metrics-port",
            Integer.toString(port));
  }

  private void awaitAbove(PrometheusServer prometheus, String query, double bound, Process run)
      throws IOException, InterruptedException {
    await(query, run, () -> value(prometheus.query(query)) > bound);
  }

  private static void await(String query, Process run, Condition condition)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("%s has no such samples", query).isLessThan(end);
      assertThat(run.waitFor(200, TimeUnit.MILLISECONDS)).as("the run ended").isFalse();
    }
  }

  /** 0 while the server does not answer or knows of no such series. */
  private static double value(JsonNode answer) {
    return answer.at("/data/result/0/value/1").asDouble();
  }

  private interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  private String get(String url) throws IOException, InterruptedException {
    return answer(url).body();
  }

  private HttpResponse<String> answer(String url) throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
  }

  /** What promtool finds wrong with our own metrics; the JVM's are simpleclient's. */
  private List<String> complaints(String metrics) throws IOException, InterruptedException {
    Path text = Files.writeString(folder.resolve("metrics.txt"), metrics);
    Path output = folder.resolve("promtool.output");
    Process promtool =
        new ProcessBuilder(PROMTOOL.toString(), "check", "metrics")
            .redirectInput(text.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(promtool.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return Files.readAllLines(output).stream()
        .filter(line -> line.contains("headwater_") || line.contains("error"))
        .toList();
  }
}
