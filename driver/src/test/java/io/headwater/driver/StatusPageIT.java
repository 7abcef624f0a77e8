package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.driver.Launcher.Result;
import io.headwater.driver.Launcher.Running;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The status of a running run: over HTTP, in a browser, in a terminal, in Spark's page. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class StatusPageIT {
  private static final Path DOCS = Path.of(System.getProperty("headwater.root"), "docs");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private Path folder;
  private Launcher headwater;
  private Running run;
  private String page;
  private String spark;

  @BeforeAll
  void startsARun(@TempDir Path shared) throws Exception {
    folder = shared;
    int port = FreePorts.tcp();
    int sparkPort = FreePorts.tcp();
    page = "http://127.0.0.1:" + port;
    spark = "http://127.0.0.1:" + sparkPort;
    headwater = new Launcher(folder);
    run =
        new Launcher(folder, "-Dspark.ui.enabled=true", "-Dspark.ui.port=" + sparkPort)
            .start(
                "pretrain",
                "--model",
                "gpt-nano",
                "--corpus",
                Shakespeare.corpus().toString(),
                "--output",
                "shakespeare",
                "--steps",
                "100000",
                "--set",
                "checkpoint.every-steps=25",
                "--set",
                "metrics.address=127.0.0.1",
                "--workers",
                "2",
                "--parameter-servers",
                "2",
                "--metrics-port",
                Integer.toString(port));
    run.awaitFile(folder.resolve("shakespeare/step-00000025/manifest.json"));
  }

  @AfterAll
  void endsTheRun() {
    if (run != null) {
      run.process().destroyForcibly();
    }
  }

  @Test
  @Order(1)
  void theReportSaysWhatTheRunDoes() throws Exception {
    JsonNode status = MAPPER.readTree(get(page + "/status.json").body());

    assertThat(status.path("run_id").asText()).isEqualTo("shakespeare");
    assertThat(status.path("state").asText()).isEqualTo("training");
    assertThat(status.at("/progress/step").asLong()).isGreaterThanOrEqualTo(25);
    assertThat(status.at("/progress/loss").asDouble()).isBetween(1.0, 5.0);
    assertThat(status.at("/progress/seconds_left").asDouble()).isPositive();
    assertThat(status.path("curve").size()).isGreaterThanOrEqualTo(25);
    assertThat(status.path("workers").findValuesAsText("state")).containsExactly("ready", "ready");
    assertThat(status.at("/workers/1/phase_seconds/forward_backward").asDouble()).isPositive();
    assertThat(status.at("/workers/0/heartbeat_age_seconds").asDouble()).isBetween(0.0, 10.0);
    assertThat(status.path("shards").findValuesAsText("role"))
        .containsExactly("primary", "primary");
    assertThat(status.at("/shards/0/parameters").asLong()).isPositive();
    assertThat(status.at("/checkpoints/newest/0/directory").asText()).contains("step-000000");
    assertThat(status.path("events").findValuesAsText("kind"))
        .contains("worker_joined", "checkpoint_committed", "state");
  }

  @Test
  @Order(2)
  void everyKeyOfTheReportIsDocumented() throws Exception {
    Set<String> keys = new TreeSet<>();
    collectKeys(MAPPER.readTree(get(page + "/status.json").body()), keys);
    String text = Files.readString(DOCS.resolve("status-page.md"));

    assertThat(keys)
        .hasSizeGreaterThan(40)
        .allSatisfy(key -> assertThat(text).contains("`" + key + "`"));
  }

  @Test
  @Order(3)
  void servesReadersOnlyAndNothingElse() throws Exception {
    HttpRequest post =
        HttpRequest.newBuilder(URI.create(page + "/")).POST(BodyPublishers.ofString("x")).build();

    assertThat(client.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
    assertThat(get(page + "/etc/passwd").statusCode()).isEqualTo(404);
    assertThat(get(page + "/metrics").body()).contains("headwater_loss{");
    assertThat(get(page + "/").headers().firstValue("Content-Security-Policy"))
        .hasValueSatisfying(policy -> assertThat(policy).contains("default-src 'none'"));
    assertThat(get(page + "/").body()).doesNotContain("http://", "https://");
  }

  @Test
  @Order(4)
  void aBrowserShowsItLiveOnAPhoneAndADesk() throws Exception {
    assumeTrue(Files.isExecutable(Chromium.PROGRAM), "Debian's package chromium is not installed");
    try (Chromium browser = Chromium.start(folder)) {
      browser.open(page + "/", 360, 740);
      assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
          .isLessThanOrEqualTo(360);
      assertThat(browser.evaluate("document.body.innerText").asText())
          .contains("shakespeare", "training", "Worker", "primary", "forward backward");
      assertThat(browser.evaluate("document.querySelectorAll('svg polyline').length").asInt())
          .isEqualTo(2);
      String step = browser.evaluate("document.getElementById('step').textContent").asText();
      browser.awaitTrue("document.getElementById('step').textContent !== '" + step + "'");
      browser.dark(true);
      assertThat(background(browser)).isEqualTo("rgb(17, 17, 19)");
      browser.dark(false);
      assertThat(background(browser)).isEqualTo("rgb(255, 255, 255)");
      browser.resize(1000, 1000);
      byte[] picture = browser.screenshot();
      assertThat(picture).hasSizeGreaterThan(10_000);
      if (Boolean.getBoolean("headwater.write-docs")) {
        Files.write(DOCS.resolve("images/status-page.png"), picture);
      }
      assertThat(browser.errors()).isEmpty();
    }
  }

  @Test
  @Order(5)
  void sparksOwnPageHasItAsATab() throws Exception {
    assertThat(get(spark + "/jobs/").body()).contains("/headwater/");
    assertThat(get(spark + "/headwater/").body())
        .contains("<main class=\"headwater\"", "shakespeare", "primary");
  }

  @Test
  @Order(6)
  void aTerminalShowsItByUrlAndByFolder() throws Exception {
    Result byUrl = headwater.run("status", "--url", page);
    Result byFolder = headwater.run("status", "--output", "shakespeare", "--json");

    assertThat(byUrl.exitCode()).as("%s", byUrl.err()).isZero();
    assertThat(byUrl.out().get(0)).contains("shakespeare", "training");
    assertThat(String.join("\n", byUrl.out())).contains("tokens/s", "Worker 1", "Shard 1");
    assertThat(byFolder.json().path("state").asText()).isEqualTo("training");
  }

  @Test
  @Order(7)
  void afterTheEndTheFolderSaysTheSameAsTheRecord() throws Exception {
    run.process().destroy();
    assertThat(run.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
    Result status = headwater.run("status", "--output", "shakespeare", "--json");
    JsonNode record = MAPPER.readTree(folder.resolve("shakespeare/run.json").toFile());

    assertThat(status.json().path("state")).isEqualTo(record.at("/results/status"));
    assertThat(status.json().path("run_id")).isEqualTo(record.path("run_id"));
    assertThat(status.json().at("/progress/step")).isEqualTo(record.at("/results/steps"));
    assertThat(status.json().at("/progress/tokens")).isEqualTo(record.at("/results/tokens"));
    assertThat(status.json().at("/checkpoints/newest/0/directory"))
        .isEqualTo(record.at("/results/checkpoint"));
    Result gone = headwater.run("status", "--url", page);
    assertThat(gone.exitCode()).isEqualTo(2);
    assertThat(gone.err()).singleElement().asString().contains("nobody answers");
  }

  @Test
  @Order(8)
  void theRunIsPartOfTheHistory() throws Exception {
    Result runs = headwater.run("runs", "--json", "--log-format", "json");
    Result same = headwater.run("runs", "compare", "shakespeare", "shakespeare");

    assertThat(runs.exitCode()).as("%s", runs.err()).isZero();
    assertThat(runs.json().at("/runs/0/run_id").asText()).isEqualTo("shakespeare");
    assertThat(runs.json().at("/runs/0/state").asText()).isEqualTo("stopped");
    assertThat(same.out().get(0)).isEqualTo("Same settings, data and program.");
    assertThat(same.out().get(same.out().size() - 1)).startsWith("The same loss at all");
  }

  private static String background(Chromium browser) throws Exception {
    return browser.evaluate("getComputedStyle(document.documentElement).backgroundColor").asText();
  }

  private static void collectKeys(JsonNode node, Set<String> keys) {
    node.fieldNames().forEachRemaining(keys::add);
    node.forEach(child -> collectKeys(child, keys));
  }

  private HttpResponse<String> get(String url) throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
  }
}
