package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.driver.Launcher.Result;
import io.headwater.driver.Launcher.Running;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shards, Spark's master, its workers and the driver as processes of their own. */
class SeparateProcessesIT {
  private static final int PORTS_OF_A_SHARD = 3;

  @TempDir Path folder;

  @Test
  void aStandaloneClusterGivesTheBytesOfOneProcess() throws Exception {
    Launcher headwater = new Launcher(folder);
    Path alone = config("alone", "shards: 1", 1);
    Result reference = headwater.run("pretrain", "--config", alone.toString(), "--json");
    assertThat(reference.exitCode()).as("%s", reference.err()).isZero();
    int ports = FreePorts.udp(2 * PORTS_OF_A_SHARD);
    String endpoints =
        "endpoints: [127.0.0.1:%d, 127.0.0.1:%d]".formatted(ports, ports + PORTS_OF_A_SHARD)
            + secured();
    Path config = config("apart", endpoints, 2);
    // They learn of their run from the driver only.
    Path servers =
        Files.writeString(folder.resolve("shards.yaml"), "parameter-server:\n  " + endpoints);

    try (SparkCluster cluster = SparkCluster.start(folder, 2)) {
      Launcher talkative = new Launcher(folder, "-Dheadwater.log.level=INFO");
      List<Running> shards =
          List.of(
              shard(headwater, servers, 0, "--log-format", "json"), shard(talkative, servers, 1));
      Result run = cluster.submit("pretrain", "--config", config.toString(), "--json").await();

      assertThat(run.exitCode()).as("%s", run.err()).isZero();
      assertThat(run.json().path("status").asText()).isEqualTo("succeeded");
      assertThat(weights("apart")).isEqualTo(weights("alone"));
      for (Running shard : shards) {
        Result end = shard.await();
        assertThat(end.exitCode()).as("%s", end.err()).isZero();
        assertThat(end.json().path("step").asInt()).isEqualTo(20);
      }
      assertJsonLinesAreAboutTheRun(Files.readAllLines(shards.get(0).err()));
      assertThat(Files.readAllLines(shards.get(1).err()))
          .as("lines for a person")
          .anyMatch(line -> line.matches("\\S+ INFO run apart shard 1 ShardRun: .* from step 0"))
          .anyMatch(
              line -> line.matches("\\S+ INFO run apart step 20 shard 1 ShardRun: .* ended.*"));
    }
    assertThat(folder.resolve("work0")).as("both workers ran an executor").isNotEmptyDirectory();
    assertThat(folder.resolve("work1")).isNotEmptyDirectory();
  }

  private static void assertJsonLinesAreAboutTheRun(List<String> lines) throws IOException {
    List<String> steps = new ArrayList<>();
    for (String text : lines) {
      if (text.startsWith("{")) { // not the virtual machine's remark
        JsonNode line = new ObjectMapper().readTree(text);
        assertThat(line.path("shard").asText()).as(text).isEqualTo("0");
        if (line.path("logger").asText().endsWith("ShardRun")) {
          assertThat(line.path("run_id").asText()).as(text).isEqualTo("apart");
          steps.add(line.path("step").asText());
        }
      }
    }
    assertThat(steps).as("steps of lines").startsWith("").endsWith("20");
  }

  @Test
  void aKilledExecutorChangesNoByte() throws Exception {
    Launcher headwater = new Launcher(folder);
    Result reference =
        headwater.run("pretrain", "--config", config("whole", "shards: 1", 1).toString(), "--json");
    assertThat(reference.exitCode()).as("%s", reference.err()).isZero();
    int ports = FreePorts.udp(PORTS_OF_A_SHARD);
    Path config = config("torn", "host: 127.0.0.1\n  port: " + ports + "\n  lease: 5s", 2);

    try (SparkCluster cluster = SparkCluster.start(folder, 2)) {
      Running run =
          cluster.submit(
              "pretrain", "--config", config.toString(), "--set", "training.log-every=1", "--json");
      run.awaitLine(folder.resolve("torn/metrics.jsonl"), 3);
      cluster.killExecutor(0);
      Result end = run.await();

      assertThat(end.exitCode()).as("%s", end.err()).isZero();
      assertThat(weights("torn")).isEqualTo(weights("whole"));
    }
    try (Stream<Path> files =
        Files.find(folder.resolve("work0"), 3, (f, a) -> f.endsWith("stderr"))) {
      assertThat(files).as("another executor took the place of the killed one").hasSize(2);
    }
  }

  @Test
  void anExecutorThatIsToldToEndHandsItsWorkerOver() throws Exception {
    Launcher headwater = new Launcher(folder);
    Result reference =
        headwater.run("pretrain", "--config", config("calm", "shards: 1", 1).toString(), "--json");
    assertThat(reference.exitCode()).as("%s", reference.err()).isZero();
    int ports = FreePorts.udp(PORTS_OF_A_SHARD);
    Path config = config("drained", "host: 127.0.0.1\n  port: " + ports + "\n  lease: 60s", 2);

    try (SparkCluster cluster = SparkCluster.start(folder, 2)) {
      Running run =
          cluster.submit(
              "pretrain", "--config", config.toString(), "--set", "training.log-every=1", "--json");
      run.awaitLine(folder.resolve("drained/metrics.jsonl"), 3);
      cluster.terminateExecutor(0);
      Result end = run.await();

      assertThat(end.exitCode()).as("%s", end.err()).isZero();
      assertThat(weights("drained")).isEqualTo(weights("calm"));
      JsonNode status = new ObjectMapper().readTree(folder.resolve("drained/status.json").toFile());
      assertThat(status.path("events").findValuesAsText("message"))
          .as("no lease had to run out")
          .anyMatch(message -> message.contains("it has left"));
    }
  }

  @Test
  void aKilledPrimaryShardChangesNoByte() throws Exception {
    Launcher headwater = new Launcher(folder);
    Result reference =
        headwater.run("pretrain", "--config", config("sound", "shards: 1", 1).toString(), "--json");
    assertThat(reference.exitCode()).as("%s", reference.err()).isZero();
    int ports = FreePorts.udp(2 * PORTS_OF_A_SHARD);
    String endpoints =
        "endpoints: [127.0.0.1:%d+127.0.0.1:%d]".formatted(ports, ports + PORTS_OF_A_SHARD)
            + secured();
    Path config = config("survivor", endpoints, 2);
    Running primary = shard(headwater, config, 0);
    Running standby =
        headwater.start(
            "parameter-server", "--config", config.toString(), "--shard", "0", "--replica", "1");

    Running run =
        headwater.start(
            "pretrain", "--config", config.toString(), "--set", "training.log-every=1", "--json");
    run.awaitLine(folder.resolve("survivor/metrics.jsonl"), 3);
    primary.process().destroyForcibly();
    Result end = run.await();

    assertThat(end.exitCode()).as("%s", end.err()).isZero();
    assertThat(weights("survivor")).isEqualTo(weights("sound"));
    assertThat(standby.await().exitCode()).isZero();
    JsonNode status = new ObjectMapper().readTree(folder.resolve("survivor/status.json").toFile());
    assertThat(status.path("state").asText()).isEqualTo("succeeded");
    assertThat(status.path("events").findValuesAsText("kind")).contains("replica_lost");
    assertThat(status.path("shards").findValuesAsText("role")).containsExactly("lost", "primary");
  }

  /** A shard that has loaded its part, but whose run lacks another, takes part in nothing yet. */
  @Test
  void aShardSaysWhetherItIsAliveAndReady() throws Exception {
    Launcher headwater = new Launcher(folder);
    int ports = FreePorts.udp(2 * PORTS_OF_A_SHARD);
    int metrics = FreePorts.tcp();
    String probes = "http://127.0.0.1:" + metrics + "/-/";
    Path config =
        config(
            "probed",
            "endpoints: [127.0.0.1:%d, 127.0.0.1:%d]".formatted(ports, ports + PORTS_OF_A_SHARD),
            1);
    Running first =
        headwater.start(
            "parameter-server",
            "--config",
            config.toString(),
            "--shard",
            "0",
            "--metrics-port",
            Integer.toString(metrics));
    awaitAnswer(probes + "ready", 200, first); // waits for a run
    Running run =
        headwater.start(
            "pretrain", "--config", config.toString(), "--set", "training.steps=100000");
    awaitAnswer(probes + "ready", 503, first);
    assertThat(answer(probes + "healthy")).isEqualTo(200);
    Running second = shard(headwater, config, 1);
    awaitAnswer(probes + "ready", 200, first);

    for (Running each : List.of(run, first, second)) {
      each.process().destroyForcibly();
    }
  }

  private static void awaitAnswer(String url, int wanted, Running shard) throws Exception {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (answer(url) != wanted) {
      assertThat(System.nanoTime()).as("%s answers %d", url, wanted).isLessThan(end);
      assertThat(shard.process().waitFor(100, TimeUnit.MILLISECONDS)).as("ended").isFalse();
    }
  }

  /** Status of an answer; 0 if nobody answers. */
  private static int answer(String url) throws InterruptedException {
    try {
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  @Test
  void anExecutorServesTheMetricsOfItsWorker() throws Exception {
    int ports = FreePorts.udp(PORTS_OF_A_SHARD);
    int metrics = FreePorts.tcp();
    Path config = config("watched", "host: 127.0.0.1\n  port: " + ports, 1);

    try (SparkCluster cluster = SparkCluster.start(folder, 1)) {
      Running run =
          cluster.submit(
              "pretrain",
              "--config",
              config.toString(),
              "--set",
              "training.log-every=1",
              "--set",
              "training.steps=100000",
              "--set",
              "metrics.worker-port=" + metrics);
      run.awaitLine(folder.resolve("watched/metrics.jsonl"), 3);
      String text = get("http://127.0.0.1:" + metrics + "/metrics");
      JsonNode phases = awaitPhases(folder.resolve("watched/status.json"), run);
      run.process().destroyForcibly();

      assertThat(text)
          .contains("headwater_step_phase_seconds_total{worker=\"0\",phase=\"push\",}")
          .contains("headwater_ps_request_duration_seconds_count{op=\"pull\",shard=\"0\",}")
          .doesNotContain("headwater_target_steps");
      assertThat(phases.path("forward_backward").asDouble()).isPositive();
    }
  }

  /** Phases come to the driver with the heartbeats of executors. */
  private static JsonNode awaitPhases(Path status, Running run) throws Exception {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (true) {
      JsonNode phases = new ObjectMapper().readTree(status.toFile()).at("/workers/0/phase_seconds");
      if (phases.isObject()) {
        return phases;
      }
      assertThat(System.nanoTime()).as("the driver hears of phases").isLessThan(end);
      assertThat(run.process().waitFor(200, TimeUnit.MILLISECONDS)).as("ended").isFalse();
    }
  }

  private static String get(String url) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
        .body();
  }

  private static Running shard(Launcher headwater, Path config, int shard, String... more)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of("parameter-server", "--json"));
    arguments.addAll(List.of("--config", config.toString(), "--shard", Integer.toString(shard)));
    arguments.addAll(List.of(more));
    return headwater.start(arguments.toArray(String[]::new));
  }

  private String secured() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "correct horse battery");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    return "\nsecurity:\n  secret-file: " + secret;
  }

  private Path config(String output, String parameterServer, int workers) throws Exception {
    return Files.writeString(
        folder.resolve(output + ".yaml"),
        """
        corpus: %s
        output: %s
        model:
          preset: gpt-nano
        training:
          steps: 20
          workers: %d
          micro-batches: 6
        parameter-server:
          %s
        checkpoint:
          every-steps: 10
        """
            .formatted(Shakespeare.corpus(), folder.resolve(output), workers, parameterServer));
  }

  private byte[] weights(String output) throws IOException {
    return Files.readAllBytes(folder.resolve(output).resolve("step-00000020/model.safetensors"));
  }
}
