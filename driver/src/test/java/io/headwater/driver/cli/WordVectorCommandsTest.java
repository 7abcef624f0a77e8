package io.headwater.driver.cli;

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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
