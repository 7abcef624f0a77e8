package io.headwater.driver.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands on a file of vectors in the plane, which can be computed by hand. */
class WordVectorCommandsTest {
  private static final String SETS =
      """
      {"targ1": {"category": "Flowers", "examples": ["rose", "tulip", "unheard-of"]},
       "targ2": {"category": "Insects", "examples": ["ant", "wasp"]},
       "attr1": {"category": "Pleasant", "examples": ["love", "peace"]},
       "attr2": {"category": "Unpleasant", "examples": ["pain", "death"]}}
      """;

  @TempDir Path folder;

  private Path vectors;

  @BeforeEach
  void writeVectors() throws IOException {
    vectors =
        Files.writeString(
            folder.resolve("plane.vec"),
            """
            8 2
            rose 2 0
            tulip 3 4
            ant 0 5
            wasp 0 1
            love 1 0
            peace 7 0
            pain 0 1
            death 0 9
            """);
  }

  private JsonNode json(String... arguments) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int exit =
        CommandLineInterface.run(new PrintStream(out, true, StandardCharsets.UTF_8), arguments);
    assertThat(exit).isZero();
    String[] lines = out.toString(StandardCharsets.UTF_8).strip().split("\n");
    return new ObjectMapper().readTree(lines[lines.length - 1]);
  }

  @Test
  void anAuditComparesVectorsWithTheCorpus() throws IOException {
    Path sets = Files.writeString(folder.resolve("sets.json"), SETS);
    Path corpus =
        Files.writeString(
            folder.resolve("text.txt"),
            "love rose peace\ntulip love\npain ant\ndeath wasp pain\nrose peace tulip\n");
    JsonNode test =
        json(
                "audit",
                "--task",
                "weat",
                "--checkpoint",
                vectors.toString(),
                "--test",
                sets.toString(),
                "--corpus",
                corpus.toString(),
                "--json")
            .at("/tests/0");
    // s: rose 1, tulip 0.6 - 0.8 = -0.2, ant -1, wasp -1; their mean -0.3, squares 1.69 + 0.01 +
    // 0.49 + 0.49 = 2.68
    assertThat(test.at("/vectors/effect_size").asDouble())
        .isCloseTo(1.4 / Math.sqrt(2.68 / 3), within(1e-6));
    assertThat(test.at("/vectors/p_value").asDouble()).isCloseTo(1 / 6.0, within(1e-12));
    assertThat(test.at("/vectors/missing/0").asText()).isEqualTo("unheard-of");
    assertThat(test.at("/corpus/effect_size").asDouble()).isGreaterThan(1);
    assertThat(test.at("/corpus/p_value").asDouble()).isCloseTo(1 / 6.0, within(1e-12));
  }

  @Test
  void aLineHasTheMeanOfItsWordsUnitVectors() throws IOException {
    Path lines = Files.writeString(folder.resolve("lines.txt"), "rose  ant\nnobody\n\ntulip x\n");
    Path target = folder.resolve("lines.tsv");
    JsonNode report =
        json(
            "embed",
            "--checkpoint",
            vectors.toString(),
            "--input",
            lines.toString(),
            "--output",
            target.toString(),
            "--json");
    assertThat(Files.readAllLines(target))
        .containsExactly("0.5\t0.5", "0.0\t0.0", "0.0\t0.0", "0.6\t0.8");
    assertThat(report.path("lines").asInt()).isEqualTo(4);
    assertThat(report.path("without_vector").asInt()).isEqualTo(2);
  }

  /** Of words and numbers alone the two formats are one. */
  @ParameterizedTest
  @ValueSource(strings = {"word2vec-text", "fasttext-vec"})
  void vectorsAreExportedAsText(String format) throws IOException {
    Path file = folder.resolve("out.vec");
    JsonNode report =
        json(
            "export",
            "--checkpoint",
            vectors.toString(),
            "--format",
            format,
            "--output",
            file.toString(),
            "--json");
    assertThat(report.path("words").asInt()).isEqualTo(8);
    assertThat(Files.readAllLines(file))
        .hasSize(9)
        .startsWith("8 2", "rose 2.0 0.0", "tulip 3.0 4.0");
  }

  /** love - rose + ant is (0, 1), where a wasp is, and so are pain and death; peace is not. */
  @Test
  void analogiesAreSolvedInTheCaseOfTheVectors() throws IOException {
    Path questions =
        Files.writeString(
            folder.resolve("questions.txt"),
            ": plane\nRose Love Ant Wasp\nrose love ant peace\nrose love ant nobody\n");
    JsonNode report =
        json(
            "evaluate",
            "--checkpoint",
            vectors.toString(),
            "--task",
            "analogy",
            "--data",
            questions.toString(),
            "--ignore-case",
            "--json");
    assertThat(report.path("correct").asInt()).isEqualTo(1);
    assertThat(report.path("known").asInt()).isEqualTo(2);
    assertThat(report.path("questions").asInt()).isEqualTo(3);
    assertThat(report.path("accuracy").asDouble()).isEqualTo(0.5);
  }

  @Test
  void aTestOfTooFewKnownWordsIsLeftOutAndTheOthersAreMade() throws IOException {
    Path sets = Files.writeString(folder.resolve("sets.json"), SETS);
    Path strange =
        Files.writeString(folder.resolve("strange.json"), SETS.replaceAll("ant|wasp", "gnat"));
    JsonNode tests =
        json(
                "audit",
                "--task",
                "weat",
                "--checkpoint",
                vectors.toString(),
                "--test",
                strange.toString(),
                sets.toString(),
                "--json")
            .path("tests");
    assertThat(tests.at("/0/vectors/skipped").asText())
        .isEqualTo("0 of 2 words for Insects are known; must be at least 2");
    assertThat(tests.at("/0/vectors").has("effect_size")).isFalse();
    assertThat(tests.at("/1/vectors/p_value").asDouble()).isCloseTo(1 / 6.0, within(1e-12));
  }

  @Test
  void anAuditWithoutAnyTestIsTheUsersMistake() throws IOException {
    Path strange =
        Files.writeString(folder.resolve("strange.json"), SETS.replaceAll("ant|wasp", "gnat"));
    int exit =
        CommandLineInterface.run(
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            "audit",
            "--task",
            "weat",
            "--checkpoint",
            vectors.toString(),
            "--test",
            strange.toString());
    assertThat(exit).isEqualTo(2);
  }

  /** Texts of the web have a byte of Latin-1 now and then. */
  @Test
  void aTextWithBytesThatAreNotUtf8IsRead() throws IOException {
    Path sets = Files.writeString(folder.resolve("sets.json"), SETS);
    byte[] text = "rose love caf\u00e9 peace tulip ant pain wasp death\n".getBytes(ISO_8859_1);
    Path corpus = Files.write(folder.resolve("text.txt"), text);
    JsonNode test =
        json(
                "audit",
                "--task",
                "weat",
                "--checkpoint",
                vectors.toString(),
                "--test",
                sets.toString(),
                "--corpus",
                corpus.toString(),
                "--json")
            .at("/tests/0");
    assertThat(test.at("/corpus").has("effect_size")).isTrue();
    JsonNode embedded =
        json(
            "embed",
            "--checkpoint",
            vectors.toString(),
            "--input",
            corpus.toString(),
            "--output",
            folder.resolve("out.tsv").toString(),
            "--json");
    assertThat(embedded.path("without_vector").asInt()).isZero();
  }

  @Test
  void aClassifierHasTheSameScoresWhereverItLies() throws IOException {
    Path train =
        Files.writeString(
            folder.resolve("train.tsv"),
            "text\tlabel\nRose love\tgood\npeace tulip\tgood\nant pain\tbad\ndeath wasp\tbad\n");
    Path held =
        Files.writeString(
            folder.resolve("held.tsv"),
            "text\tlabel\nlove peace\tgood\npain death\tbad\nwasp ant x\tbad\nant\tgood\n");
    String task = folder.resolve("task").toString();
    String file = folder.resolve("task.bin").toString();

    JsonNode made =
        json(
            "finetune",
            "--checkpoint",
            vectors.toString(),
            "--train",
            train.toString(),
            "--eval",
            held.toString(),
            "--output",
            task,
            "--method",
            "probe",
            "--loss",
            "hs",
            "--ignore-case",
            "--json");
    json("export", "--checkpoint", task, "--format", "fasttext-bin", "--output", file, "--json");

    assertThat(made.path("accuracy").asDouble()).isEqualTo(0.75);
    Path record = folder.resolve("task-run");
    JsonNode results =
        new ObjectMapper().readTree(record.resolve("run.json").toFile()).path("results");
    assertThat(results.path("accuracy").asDouble()).isEqualTo(0.75);
    assertThat(Files.readAllLines(record.resolve("metrics.jsonl")))
        .as("a line for each epoch")
        .hasSize(results.path("steps").asInt())
        .isNotEmpty();
    JsonNode status = new ObjectMapper().readTree(record.resolve("status.json").toFile());
    assertThat(status.path("state").asText()).isEqualTo("succeeded");
    assertThat(status.path("model").asText()).isEqualTo("probe");
    for (String source : List.of(task, file)) {
      JsonNode scored =
          json(
              "evaluate",
              "--checkpoint",
              source,
              "--task",
              "classification",
              "--data",
              held.toString(),
              "--json");
      assertThat(scored.path("accuracy").asDouble()).isEqualTo(0.75);
      assertThat(scored.path("auc")).isEqualTo(made.path("auc"));
    }
  }

  @Test
  void aClassifierFromWordVectorsRefusesWhatNetworksHave() {
    int exit =
        CommandLineInterface.run(
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            "finetune",
            "--checkpoint",
            vectors.toString(),
            "--train",
            "train.tsv",
            "--eval",
            "held.tsv",
            "--output",
            folder.resolve("task").toString(),
            "--max-length",
            "3");
    assertThat(exit).isEqualTo(2);
  }
}
