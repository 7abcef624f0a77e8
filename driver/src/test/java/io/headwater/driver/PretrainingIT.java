package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.driver.Launcher.Result;
import io.headwater.driver.Launcher.Running;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The main job on real text, in processes of their own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PretrainingIT {
  private static final Path TEXT =
      Path.of(System.getProperty("headwater.data"), "tinyshakespeare", "input.txt");
  private static final String LAST = "step-00000012";

  private Path folder;
  private Launcher headwater;
  private byte[] reference;

  @BeforeAll
  void ingestAndTrainWithOneWorker(@TempDir Path shared) throws Exception {
    assumeTrue(Files.exists(TEXT), "the text of tinyshakespeare is not there");
    folder = shared;
    headwater = new Launcher(folder);
    Result ingest =
        headwater.run(
            "ingest",
            "--input",
            TEXT.toString(),
            "--tokenizer",
            "char",
            "--split",
            "tail",
            "--output",
            "corpus",
            "--json");
    assertThat(ingest.exitCode()).as("%s", ingest.err()).isZero();
    assertThat(ingest.json().path("validation_tokens").asLong()).isEqualTo(111_540);
    Result run = pretrain("one", 1, 1);
    assertThat(run.exitCode()).as("%s", run.err()).isZero();
    assertThat(run.json().path("final_loss").asDouble())
        .isLessThan(run.json().path("first_loss").asDouble() - 0.3);
    reference = weights("one");
  }

  @Test
  void otherNumbersOfWorkersAndShardsGiveTheSameBytes() throws Exception {
    Result run = pretrain("three", 3, 2);

    assertThat(run.exitCode()).as("%s", run.err()).isZero();
    assertThat(weights("three")).isEqualTo(reference);
  }

  @Test
  void aKilledRunResumesToTheSameBytes() throws Exception {
    Running run = start("killed", 2, 2);
    awaitCheckpoint(run, "killed", 4);
    run.process().destroyForcibly();
    run.process().waitFor();

    Result resumed = headwater.run(arguments("killed", 1, 2, "--resume"));

    assertThat(resumed.exitCode()).as("%s", resumed.err()).isZero();
    assertThat(weights("killed")).isEqualTo(reference);
    assertThat(loggedSteps("killed")).doesNotHaveDuplicates().endsWith(12L);
  }

  @Test
  void aRunThatIsAskedToEndLeavesACheckpointAndExitsWithThree() throws Exception {
    Running run = start("stopped", 2, 2, "--steps", "100000");
    awaitCheckpoint(run, "stopped", 4);
    run.process().destroy();

    Result stopped = run.await();

    assertThat(stopped.exitCode()).as("%s", stopped.err()).isEqualTo(3);
    assertThat(
            folder.resolve(
                Path.of(stopped.json().path("checkpoint").asText().replace("file:", ""))))
        .isDirectory();
    assertThat(stopped.json().path("status").asText()).isEqualTo("stopped");
  }

  @Test
  void shardsAsProcessesGiveTheSameBytes() throws Exception {
    List<Integer> ports = freePorts();
    Path config =
        Files.writeString(
            folder.resolve("remote.yaml"),
            "parameter-server:\n  endpoints: [127.0.0.1:%d, 127.0.0.1:%d]\n"
                .formatted(ports.get(0), ports.get(1)));
    Running first =
        headwater.start("parameter-server", "--config", config.toString(), "--shard", "0");
    Running second =
        headwater.start("parameter-server", "--config", config.toString(), "--shard", "1");

    Result run = headwater.run(arguments("remote", 2, 2, "--config", config.toString()));

    assertThat(run.exitCode()).as("%s", run.err()).isZero();
    assertThat(weights("remote")).isEqualTo(reference);
    assertThat(first.await().exitCode()).isZero();
    assertThat(second.await().exitCode()).isZero();
  }

  @Test
  void evaluatesTheWholeValidationSplit() throws Exception {
    Result result =
        headwater.run("evaluate", "--checkpoint", "one/" + LAST, "--corpus", "corpus", "--json");

    assertThat(result.exitCode()).as("%s", result.err()).isZero();
    JsonNode scores = result.json();
    assertThat(scores.path("tokens").asLong()).isEqualTo(111_539);
    assertThat(scores.path("loss").asDouble()).isBetween(2.0, 4.0);
    assertThat(scores.path("perplexity").asDouble())
        .isEqualTo(Math.exp(scores.path("loss").asDouble()));
  }

  @Test
  void generatesTheSameTextForTheSameSeed() throws Exception {
    String[] command = {
      "generate", "--checkpoint", "one/" + LAST, "--prompt", "ROMEO:", "--tokens", "20", "--json"
    };
    Result first = headwater.run(command);

    assertThat(first.exitCode()).as("%s", first.err()).isZero();
    assertThat(first.json().path("text").asText()).hasSize(20);
    assertThat(headwater.run(command).json()).isEqualTo(first.json());
  }

  @Test
  void theRunsRecordHoldsConfigurationAndResults() throws Exception {
    JsonNode run = new ObjectMapper().readTree(folder.resolve("one/run.json").toFile());

    assertThat(run.at("/configuration/training/micro-batches").asInt()).isEqualTo(6);
    assertThat(run.at("/corpus/sha256").asText()).hasSize(64);
    assertThat(run.at("/results/steps").asInt()).isEqualTo(12);
    assertThat(loggedSteps("one")).contains(1L, 12L);
  }

  @Test
  void aFlippedByteOfACheckpointIsNamed() throws Exception {
    Path damaged = copy(folder.resolve("one/" + LAST), folder.resolve("damaged"));
    Path file = damaged.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    bytes[5000] ^= 1;
    Files.write(file, bytes);

    assertRefused("model.safetensors", "inspect", "damaged");
    assertRefused("model.safetensors", "evaluate", "--checkpoint", "damaged", "--corpus", "corpus");
  }

  @Test
  void aTruncatedShardIsNamed() throws Exception {
    Path damaged = copy(folder.resolve("corpus"), folder.resolve("short"));
    Path file = damaged.resolve("train-00000.bin");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 2));

    assertRefused(
        "train-00000.bin",
        "pretrain",
        "--model",
        "gpt-nano",
        "--corpus",
        "short",
        "--output",
        "no");
    assertThat(folder.resolve("no")).doesNotExist();
  }

  @Test
  void anOutputThatIsNotEmptyIsRefusedWithoutResume() throws Exception {
    assertRefused("--resume", arguments("one", 1, 1));
  }

  @Test
  void aResumeThatWouldNotContinueTheRunIsRefused() throws Exception {
    assertRefused("training.seed", arguments("one", 1, 1, "--resume", "--seed", "9"));
  }

  @Test
  void aMetricsPortInUseIsRefusedBeforeAnythingIsWritten() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      String port = Integer.toString(taken.getLocalPort());
      assertRefused(port, arguments("no-port", 1, 1, "--metrics-port", port));
    }
    assertThat(folder.resolve("no-port")).doesNotExist();
  }

  private void assertRefused(String named, String... arguments) throws Exception {
    Result result = headwater.run(arguments);
    assertThat(result.exitCode()).as("%s", result.err()).isEqualTo(2);
    assertThat(result.err()).singleElement().asString().contains(named);
    assertThat(result.out()).isEmpty();
  }

  private Result pretrain(String output, int workers, int shards) throws Exception {
    return headwater.run(arguments(output, workers, shards));
  }

  private Running start(String output, int workers, int shards, String... more) throws IOException {
    return headwater.start(arguments(output, workers, shards, more));
  }

  private static String[] arguments(String output, int workers, int shards, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "pretrain",
                "--model",
                "gpt-nano",
                "--corpus",
                "corpus",
                "--output",
                output,
                "--workers",
                Integer.toString(workers),
                "--parameter-servers",
                Integer.toString(shards),
                "--set",
                "training.micro-batches=6",
                "--set",
                "checkpoint.every-steps=4",
                "--set",
                "checkpoint.keep=0",
                "--json"));
    if (!List.of(more).contains("--steps")) {
      arguments.addAll(List.of("--steps", "12"));
    }
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private void awaitCheckpoint(Running run, String output, int step) throws Exception {
    Path manifest = folder.resolve("%s/step-%08d/manifest.json".formatted(output, step));
    long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (!Files.exists(manifest)) {
      assertThat(run.process().isAlive()).as(() -> "ended early").isTrue();
      assertThat(System.nanoTime()).as("no " + manifest).isLessThan(end);
      run.process().waitFor(20, TimeUnit.MILLISECONDS);
    }
  }

  private byte[] weights(String output) throws IOException {
    return Files.readAllBytes(folder.resolve(output).resolve(LAST).resolve("model.safetensors"));
  }

  private List<Long> loggedSteps(String output) throws IOException {
    List<Long> steps = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve(output).resolve("metrics.jsonl"))) {
      steps.add(new ObjectMapper().readTree(line).path("step").asLong());
    }
    return steps;
  }

  /** Each followed by two that are free as well: a shard takes three. */
  private static List<Integer> freePorts() throws IOException {
    List<Integer> found = new ArrayList<>();
    for (int port = 42_000; found.size() < 2; port += 10) {
      if (isFree(port) && isFree(port + 1) && isFree(port + 2)) {
        found.add(port);
      }
    }
    return found;
  }

  private static boolean isFree(int port) throws IOException {
    try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress("127.0.0.1", port))) {
      return socket.isBound();
    } catch (BindException e) {
      return false;
    }
  }

  private static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    }
    return to;
  }
}
