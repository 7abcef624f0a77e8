package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a running run tells a real Prometheus server. */
class MetricsIT {
  private static final Path CHART =
      Path.of(System.getProperty("headwater.root"), "helm", "headwater");
  private static final Path PROMTOOL = Path.of("/usr/bin/promtool");
  private static final String FINE_TUNING = "headwater-finetune.json";
  private static final String INGEST = "headwater-ingest.json";
  private static final Duration LIMIT = Duration.ofMinutes(1);

  /** Queries whose value must come to lie above the number. */
  private static final Map<String, Double> QUERIES =
      Map.of(
          "up{job='headwater'}", 0.5,
          "headwater_epoch * headwater_restore_duration_seconds", 0.0,
          "headwater_run_state{state='training'}", 0.5,
          "headwater_loss", 0.5,
          "headwater_tokens_total", 1000.0,
          "count(headwater_step_phase_seconds_total > 0)", 7.5, // 2 workers, 4 phases
          "count(headwater_ps_request_duration_seconds_count{op='push'} > 0)", 1.5, // 2 shards
          "count(headwater_ps_request_duration_seconds_count{op='pull'} > 0)", 1.5,
          "count(headwater_ps_bytes_total > 0)", 3.5, // 2 shards, 2 directions
          "sum(headwater_ps_parameters)", 500_000.0);

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
      for (String query :
          dashboardQueries("it", name -> !List.of(FINE_TUNING, INGEST).contains(name))) {
        awaitSamples(prometheus, query, run.process());
      }
      assertThat(alertExpressions()).allSatisfy(alert -> assertIsValid(prometheus, alert));
      assertThat(complaints(get("http://127.0.0.1:" + port + "/metrics"))).isEmpty();
    } finally {
      run.process().destroyForcibly();
    }
  }

  @Test
  void aPrometheusServerSeesAFineTuningRun() throws Exception {
    int port = FreePorts.tcp();
    Running run = startFineTuning(port);
    try (PrometheusServer prometheus =
        PrometheusServer.start(folder, port, CHART.resolve("rules/headwater.yaml"))) {
      for (String query : dashboardQueries("it", FINE_TUNING::equals)) {
        awaitSamples(prometheus, query, run.process());
      }
      String page = "http://127.0.0.1:" + port + "/status.json";
      await(
          page,
          run.process(),
          () -> new ObjectMapper().readTree(get(page)).at("/progress/steps").asLong() > 1000);
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
      for (String query : dashboardQueries("it", INGEST::equals)) {
        awaitSamples(prometheus, query, prometheus.process());
      }
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

  /** Every query of every panel, its variables as Grafana would set them. */
  private static List<String> dashboardQueries(String run, Predicate<String> wanted)
      throws IOException {
    List<String> queries = new ArrayList<>();
    try (Stream<Path> dashboards = Files.list(CHART.resolve("dashboards"))) {
      for (Path dashboard :
          dashboards.filter(file -> wanted.test(file.getFileName().toString())).toList()) {
        JsonNode panels = new ObjectMapper().readTree(dashboard.toFile()).path("panels");
        for (JsonNode expression : panels.findValues("expr")) {
          queries.add(
              expression
                  .asText()
                  .replace("$run", run)
                  .replace("$__rate_interval", "10s")
                  .replace("$__range", "30s"));
        }
      }
    }
    assertThat(queries).hasSizeGreaterThan(8).noneMatch(query -> query.contains("$"));
    return queries;
  }

  private static List<String> alertExpressions() throws IOException {
    return new YAMLMapper()
        .readTree(CHART.resolve("rules/headwater.yaml").toFile()).findValues("expr").stream()
            .map(JsonNode::asText)
            .toList();
  }

  private static void assertIsValid(PrometheusServer prometheus, String query)
      throws InterruptedException {
    assertThat(prometheus.query(query).path("status").asText()).as(query).isEqualTo("success");
  }

  private void awaitAbove(PrometheusServer prometheus, String query, double bound, Process run)
      throws IOException, InterruptedException {
    await(query, run, () -> value(prometheus.query(query)) > bound);
  }

  private void awaitSamples(PrometheusServer prometheus, String query, Process run)
      throws IOException, InterruptedException {
    await(query, run, () -> !prometheus.query(query).at("/data/result").isEmpty());
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
    return client
        .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
        .body();
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
