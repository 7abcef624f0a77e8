package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.driver.Launcher.Running;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a running run tells a real Prometheus server. */
class MetricsIT {
  private static final Path PROMETHEUS = Path.of("/usr/bin/prometheus");
  private static final Path PROMTOOL = Path.of("/usr/bin/promtool");
  private static final Duration LIMIT = Duration.ofMinutes(1);

  /** Queries whose value must come to lie above the number. */
  private static final Map<String, Double> QUERIES =
      Map.of(
          "up{job='headwater'}", 0.5,
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

  @Test
  void aPrometheusServerSeesTheRun() throws Exception {
    assumeTrue(Files.isExecutable(PROMETHEUS), "Debian's package prometheus is not installed");
    int port = FreePorts.tcp();
    Running run = startRun(port);
    Process prometheus = null;
    try {
      int web = FreePorts.tcp();
      prometheus = startPrometheus(port, web);
      for (Map.Entry<String, Double> query : QUERIES.entrySet()) {
        awaitAbove(web, query.getKey(), query.getValue(), run.process());
      }
      assertThat(complaints(get("http://127.0.0.1:" + port + "/metrics"))).isEmpty();
    } finally {
      run.process().destroyForcibly();
      if (prometheus != null) {
        prometheus.destroyForcibly();
      }
    }
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
            "--workers",
            "2",
            "--parameter-servers",
            "2",
            "--metrics-port",
            Integer.toString(port));
  }

  private Process startPrometheus(int port, int web) throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("prometheus.yaml"),
            """
            global:
              scrape_interval: 500ms
            scrape_configs:
              - job_name: headwater
                static_configs:
                  - targets: ['127.0.0.1:%d']
            """
                .formatted(port));
    return new ProcessBuilder(
            PROMETHEUS.toString(),
            "--config.file=" + config,
            "--storage.tsdb.path=" + folder.resolve("series"),
            "--web.listen-address=127.0.0.1:" + web)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("prometheus.output").toFile())
        .start();
  }

  private void awaitAbove(int web, String query, double bound, Process run)
      throws InterruptedException, IOException {
    String encoded = URLEncoder.encode(query, StandardCharsets.UTF_8);
    String url = "http://127.0.0.1:" + web + "/api/v1/query?query=" + encoded;
    long end = System.nanoTime() + LIMIT.toNanos();
    while (value(url) <= bound) {
      assertThat(System.nanoTime()).as("%s stayed at %s", query, value(url)).isLessThan(end);
      assertThat(run.waitFor(200, TimeUnit.MILLISECONDS)).as("the run ended").isFalse();
    }
  }

  /** 0 while the server does not answer or knows of no such series. */
  private double value(String url) throws InterruptedException {
    try {
      JsonNode answer = new ObjectMapper().readTree(get(url));
      return answer.at("/data/result/0/value/1").asDouble();
    } catch (IOException e) {
      return 0;
    }
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
