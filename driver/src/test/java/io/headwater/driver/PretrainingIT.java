package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.driver.Launcher.Result;
import io.headwater.driver.Launcher.Running;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @ParameterizedTest
  @CsvSource({"2, 2", "3, 3", "3, 2"})
  void otherNumbersOfWorkersAndShardsGiveTheSameBytes(int workers, int shards) throws Exception {
    String output = workers + "-workers-" + shards + "-shards";
    Result run = pretrain(output, workers, shards);

    assertThat(run.exitCode()).as("%s", run.err()).isZero();
    assertThat(weights(output)).isEqualTo(reference);
  }

  @Test
  void aKilledRunResumesToTheSameBytes() throws Exception {
    Running run = start("killed", 2, 2);
    run.awaitFile(folder.resolve("killed/step-00000004/manifest.json"));
    run.process().destroyForcibly();
    run.process().waitFor();

    Result resumed = headwater.run(arguments("killed", 1, 2, "--resume"));

    assertThat(resumed.exitCode()).as("%s", resumed.err()).isZero();
    assertThat(weights("killed")).isEqualTo(reference);
    assertThat(loggedSteps("killed")).doesNotHaveDuplicates().endsWith(12L);
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

  /** With other batches than the command evaluates, so equal up to rounding. */
  @Test
  void evaluationsDuringTrainingChangeNoByteAndAreThoseOfTheCheckpoints() throws Exception {
    String[] evaluated = {
      "--set", "training.evaluate-every-steps=8", "--set", "training.evaluate-sequences=0"
    };
    for (int workers = 1; workers <= 2; workers++) {
      Result run = headwater.run(arguments("evaluated-" + workers, workers, 1, evaluated));
      assertThat(run.exitCode()).as("%s", run.err()).isZero();
      assertThat(weights("evaluated-" + workers)).isEqualTo(reference);
    }
    Map<Long, Double> losses = validationLosses("evaluated-1");
    assertThat(losses).containsOnlyKeys(8L);
    assertThat(validationLosses("evaluated-2")).isEqualTo(losses);
    Result result =
        headwater.run(
            "evaluate", "--checkpoint", "one/step-00000008", "--corpus", "corpus", "--json");
    assertThat(losses.get(8L)).isCloseTo(result.json().path("loss").asDouble(), within(1e-5));
  }

  @Test
  void generatesTheSameTextForTheSameSeed() throws Exception {
    String[] command = {
      "generate", "--checkpoint", "one/" + LAST, "--prompt", "ROMEO:", "--tokens", "20", "--json"
    };
    Result first = headwater.run(command);

    assertThat(first.exitCode()).as("%s", first.err()).isZero();
    assertThat(first.json().at("/texts/0/text").asText()).hasSize(20);
    assertThat(headwater.run(command).json().path("texts")).isEqualTo(first.json().path("texts"));
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

  private byte[] weights(String output) throws IOException {
    return Files.readAllBytes(folder.resolve(output).resolve(LAST).resolve("model.safetensors"));
  }

  private Map<Long, Double> validationLosses(String output) throws IOException {
    Map<Long, Double> losses = new TreeMap<>();
    for (String line : Files.readAllLines(folder.resolve(output).resolve("metrics.jsonl"))) {
      JsonNode node = new ObjectMapper().readTree(line);
      if (node.has("validation_loss")) {
        losses.put(node.path("step").asLong(), node.path("validation_loss").asDouble());
      }
    }
    return losses;
  }

  private List<Long> loggedSteps(String output) throws IOException {
    List<Long> steps = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve(output).resolve("metrics.jsonl"))) {
      steps.add(new ObjectMapper().readTree(line).path("step").asLong());
    }
    return steps;
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
