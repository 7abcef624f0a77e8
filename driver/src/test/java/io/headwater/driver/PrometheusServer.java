package io.headwater.driver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Debian's Prometheus, which scrapes one process twice a second under the run's name "it". */
final class PrometheusServer implements AutoCloseable {
  static final Path PROGRAM = Path.of("/usr/bin/prometheus");

  private final HttpClient client = HttpClient.newHttpClient();
  private final Process process;
  private final int port;

  private PrometheusServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static PrometheusServer start(Path folder, int target, Path rules) throws IOException {
    int port = FreePorts.tcp();
    Path config =
        Files.writeString(
            folder.resolve("prometheus.yaml"),
            """
            global:
              scrape_interval: 500ms
              evaluation_interval: 1s
            rule_files: ['%s']
            scrape_configs:
              - job_name: headwater
                static_configs:
                  - targets: ['127.0.0.1:%d']
                    labels: {run: it}
            """
                .formatted(rules, target));
    Process process =
        new ProcessBuilder(
                PROGRAM.toString(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + folder.resolve("series"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("prometheus.output").toFile())
            .start();
    return new PrometheusServer(process, port);
  }

  Process process() {
    return process;
  }

  /** The answer to a query; missing while the server does not answer. */
  JsonNode query(String query) throws InterruptedException {
    String encoded = URLEncoder.encode(query, StandardCharsets.UTF_8);
    String url = "http://127.0.0.1:" + port + "/api/v1/query?query=" + encoded;
    try {
      return new ObjectMapper()
          .readTree(
              client
                  .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                  .body());
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
