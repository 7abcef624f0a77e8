package io.headwater.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineInterfaceTest {
  @TempDir Path folder;

  private final PrintStream standardError = System.err;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void captureErrors() {
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void releaseErrors() {
    System.setErr(standardError);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ingest",
        "pretrain",
        "finetune",
        "evaluate",
        "audit",
        "neighbors",
        "embed",
        "generate",
        "import",
        "inspect",
        "status",
        "runs",
        "doctor",
        "plan",
        "parameter-server",
        "version"
      })
  void everyCommandHasHelpWithAnExample(String command) {
    assertThat(run(command, "--help")).isZero();
    assertThat(output()).contains("Example").contains("  headwater " + command);
  }

  @Test
  void doctorEndsWithOneWhereARunWouldFail() throws IOException {
    Files.writeString(folder.resolve("file"), "x");
    assertThat(run("doctor", "--output", path("file/run"), "--json")).isEqualTo(ExitCode.FAILED);
    JsonNode json = new ObjectMapper().readTree(output());
    assertThat(json.path("status").asText()).isEqualTo("problem");
    assertThat(json.path("findings"))
        .anySatisfy(
            finding -> {
              assertThat(finding.path("check").asText()).isEqualTo("storage");
              assertThat(finding.path("level").asText()).isEqualTo("problem");
              assertThat(finding.path("advice").asText()).isNotEmpty();
            });
  }

  @ParameterizedTest
  @CsvSource({
    "--peer, nowhere, it must be host:port",
    "--set, training.stepz=3, training.stepz",
    "--config, nowhere.yaml, nowhere.yaml"
  })
  void doctorEndsWithTwoForWhatIsWronglyAsked(String option, String value, String named) {
    assertThat(run("doctor", option, value)).isEqualTo(ExitCode.WRONG_USE);
    assertThat(errorLines()).singleElement().asString().contains(named);
    assertThat(output()).isEmpty();
  }

  @Test
  void aPlanOfWordVectorsSaysWhatTheyNeed() throws IOException {
    Path text = Files.writeString(folder.resolve("text.txt"), "one two two one three\n".repeat(6));
    String[] run = {
      "plan",
      "--json",
      "--set",
      "model.preset=word2vec",
      "--set",
      "output=" + path("vectors"),
      "--set"
    };
    assertThat(run(with(run, "corpus=" + text))).as("%s", err).isEqualTo(ExitCode.DONE);
    JsonNode counted = new ObjectMapper().readTree(output());
    assertThat(counted.path("words").asInt()).isEqualTo(3);
    assertThat(counted.path("checkpoint_bytes").asLong()).isEqualTo(2L * 3 * 100 * Float.BYTES);
    assertThat(folder.resolve("vectors")).doesNotExist();

    assertThat(run(with(run, "corpus=elsewhere", "--words", "900000000")))
        .isEqualTo(ExitCode.WRONG_USE);
    assertThat(errorLines())
        .singleElement()
        .asString()
        .startsWith("Cannot hold 900,000,000 words in this process: with vectors of 100 numbers");
  }

  private static String[] with(String[] some, String... more) {
    return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void versionIsOneJsonObject() throws IOException {
    assertThat(run("version", "--json")).isZero();
    JsonNode version = new ObjectMapper().readTree(output());
    assertThat(version.path("version").asText()).matches("\\d+\\.\\d+\\.\\d+.*");
    assertThat(version.at("/libraries/spark").asText()).isNotEmpty();
  }

  @Test
  void noCommandIsWrongUse() {
    assertThat(run()).isEqualTo(ExitCode.WRONG_USE);
    assertThat(errorLines())
        .containsExactly("Cannot run headwater: no command given (see headwater --help)");
  }

  @Test
  void anUnknownOptionIsWrongUseInOneLine() {
    assertThat(run("pretrain", "--modell", "gpt-nano")).isEqualTo(ExitCode.WRONG_USE);
    assertThat(errorLines()).singleElement().asString().contains("--modell", "--model");
  }

  @Test
  void aMissingCorpusIsWrongUseAndWritesNothing() {
    Path run = folder.resolve("run");
    int code =
        run(
            "pretrain",
            "--model",
            "gpt-nano",
            "--corpus",
            path("none"),
            "--output",
            run.toString());
    assertThat(code).isEqualTo(ExitCode.WRONG_USE);
    assertThat(errorLines()).singleElement().asString().contains(path("none"));
    assertThat(run).doesNotExist();
  }

  @Test
  void aMissingCheckpointIsWrongUse() {
    assertThat(run("generate", "--checkpoint", path("none"))).isEqualTo(ExitCode.WRONG_USE);
    assertThat(errorLines()).singleElement().asString().contains(path("none"));
  }

  @Test
  void aFolderOfNothingCannotBeInspected() {
    assertThat(run("inspect", folder.toString())).isEqualTo(ExitCode.WRONG_USE);
    assertThat(errorLines()).singleElement().asString().contains("no corpus, checkpoint or run");
  }

  @Test
  void aStackTraceComesWithDebugOnly() {
    assertThat(run("inspect", path("none"))).isEqualTo(ExitCode.WRONG_USE);
    assertThat(errorLines()).hasSize(1);
    assertThat(run("inspect", path("none"), "--debug")).isEqualTo(ExitCode.WRONG_USE);
    assertThat(errorLines()).anyMatch(line -> line.contains("\tat io.headwater"));
  }

  @Test
  void aMetricsPortInUseIsWrongUse() throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("run.yaml"), "parameter-server:\n  endpoints: [127.0.0.1:40500]\n");
    try (ServerSocket taken = new ServerSocket(0)) {
      int code =
          run(
              "parameter-server",
              "--config",
              config.toString(),
              "--shard",
              "0",
              "--metrics-port",
              Integer.toString(taken.getLocalPort()));
      assertThat(code).isEqualTo(ExitCode.WRONG_USE);
      assertThat(errorLines()).singleElement().asString().contains("port is in use");
    }
  }

  /** Each is read, and checked before anything is trained. */
  @ParameterizedTest
  @CsvSource({
    "--gradient-clip, -1, gradient-clip -1.0",
    "--layer-decay, 2, layer-decay 2.0",
    "--patience, -1, patience -1",
    "--train-share, 0, train-share 0.0",
    "--class-weights, some, class weights 'some'",
    "--seeds, 1, seeds 1",
    "--stride, 0, strides of 0",
    "--longest-answer, 0, answers of 0 tokens",
    "--temperature, 0, temperature 0.0",
    "--lora-whole, LayerNorm, --lora-whole"
  })
  void aWrongSettingOfFineTuningIsNamed(String option, String value, String message) {
    TensorLayout layout = TensorLayout.builder().add("weight", 2, 2).build();
    ObjectNode config = JsonNodeFactory.instance.objectNode().put("model_type", "bert");
    try (FlatVector weights = FlatVector.allocate(4)) {
      Checkpoint.write(
          path("model"),
          0,
          layout,
          weights,
          new CheckpointDescription(config, Optional.empty(), Optional.empty()));
    }
    int code =
        run(
            "finetune",
            "--checkpoint",
            path("model"),
            "--task",
            "embedding",
            "--train",
            path("none.csv"),
            "--eval",
            path("none.csv"),
            "--output",
            path("task"),
            option,
            value);
    assertThat(code).isEqualTo(ExitCode.WRONG_USE);
    assertThat(errorLines()).singleElement().asString().contains(message);
    assertThat(folder.resolve("task")).doesNotExist();
  }

  @Test
  void aShardWithoutEndpointsIsWrongUse() throws IOException {
    Path config = Files.writeString(folder.resolve("run.yaml"), "corpus: c\n");
    assertThat(run("parameter-server", "--config", config.toString(), "--shard", "0"))
        .isEqualTo(ExitCode.WRONG_USE);
    assertThat(errorLines()).singleElement().asString().contains("parameter-server.endpoints");
  }

  private int run(String... arguments) {
    return CommandLineInterface.run(new PrintStream(out, true, StandardCharsets.UTF_8), arguments);
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private String output() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private List<String> errorLines() {
    return err.toString(StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank()).toList();
  }
}
