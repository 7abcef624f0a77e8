package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.driver.Launcher.Result;
import io.headwater.driver.history.RunHistory;
import io.headwater.driver.status.StatusFile;
import io.headwater.driver.status.StatusReport;
import io.headwater.driver.words.WordVectorSource;
import io.headwater.model.embedding.WordVectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From the run files under examples/ to files of other programs, on a part of WikiText-2. */
class WordVectorsIT {
  private static final Path DATA = Path.of(System.getProperty("headwater.data"));
  private static final int LINES = 1500;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "word2vec,word2vec-binary,vectors.bin,''",
    "fasttext,fasttext-bin,vectors.bin,embedding.buckets=20000",
    "glove,glove-text,vectors.txt,''"
  })
  void trainsEvaluatesFindsAndExports(String family, String format, String file, String setting)
      throws Exception {
    Launcher headwater = prepare();

    JsonNode trained = train(headwater, family, "run", 2, setting);

    assertThat(trained.path("status").asText()).isEqualTo("succeeded");
    assertThat(trained.path("vocabulary_size").asInt()).isGreaterThan(1000);
    assertThat(trained.path("loss").asDouble()).isBetween(0.0, 1.0);
    assertStatus(family);
    String checkpoint = trained.path("checkpoint").asText();
    double spearman = similarity(headwater, checkpoint);
    JsonNode near =
        json(headwater, "neighbors", "--checkpoint", checkpoint, "river", "--count", "3", "--json");
    assertThat(near.path("neighbors")).hasSize(3);

    json(
        headwater,
        "export",
        "--checkpoint",
        checkpoint,
        "--format",
        format,
        "--output",
        file,
        "--json");

    assertThat(similarity(headwater, file)).isEqualTo(spearman);
    WordVectors read = WordVectorSource.read(folder.resolve(file).toString());
    assertThat(read.words()).hasSize(trained.path("vocabulary_size").asInt());
    assertThat(read.vector("riverbankish").isPresent()).isEqualTo(family.equals("fasttext"));
  }

  /** The run told how it stood, and is part of the history. */
  private void assertStatus(String family) {
    StatusReport status = StatusFile.read(folder.resolve("run")).orElseThrow();
    assertThat(status.state()).isEqualTo("succeeded");
    assertThat(status.model()).isEqualTo(family);
    assertThat(status.progress().step()).isEqualTo(2);
    assertThat(status.progress().done()).isEqualTo(1);
    assertThat(status.progress().tokens()).isPositive();
    assertThat(status.curve()).hasSize(2);
    assertThat(status.checkpoints().newest()).hasSize(2);
    assertThat(status.goodput()).isBetween(0.0, 1.0);
    JsonNode summary = RunHistory.under(folder).get(0).summary(Instant.now());
    assertThat(summary.path("state").asText()).isEqualTo("succeeded");
    assertThat(summary.path("model").asText()).isEqualTo(family);
    assertThat(summary.path("loss").asDouble()).isPositive();
  }

  @Test
  void refusesAKeyThatTheFamilyDoesNotHave() throws Exception {
    Result result =
        new Launcher(folder)
            .run("pretrain", "--model", "glove", "--corpus", "c", "--output", "o", "--loss", "hs");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .anyMatch(
            line ->
                line.contains(
                    "Cannot use embedding.loss in the command line: a model of glove does not"));
  }

  private Launcher prepare() throws IOException {
    Path text = DATA.resolve("wikitext-2/valid.txt");
    assumeTrue(Files.exists(text), "the text of wikitext-2 is not there");
    assumeTrue(Files.exists(pairs()), "the word pairs of word-eval are not there");
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(text).subList(0, LINES)) {
      lines.add(line.toLowerCase(Locale.ROOT));
    }
    Files.write(folder.resolve("text.txt"), lines);
    return new Launcher(folder);
  }

  private JsonNode train(
      Launcher headwater, String family, String output, int epochs, String setting)
      throws Exception {
    return json(headwater, arguments(family, output, epochs, setting, "--json"));
  }

  private static String[] arguments(
      String family, String output, int epochs, String setting, String flag) {
    Path example = Path.of(System.getProperty("headwater.root"), "examples", family + ".yaml");
    List<String> arguments =
        new ArrayList<>(
            List.of("pretrain", "--config", example.toString(), "--output", output, flag));
    arguments.addAll(List.of("--epochs", Integer.toString(epochs), "--dim", "24"));
    if (!setting.isEmpty()) {
      arguments.addAll(List.of("--set", setting));
    }
    return arguments.toArray(String[]::new);
  }

  private double similarity(Launcher headwater, String vectors) throws Exception {
    JsonNode scores =
        json(
            headwater,
            "evaluate",
            "--checkpoint",
            vectors,
            "--task",
            "similarity",
            "--data",
            pairs().toString(),
            "--ignore-case",
            "--json");
    assertThat(scores.path("known").asInt()).isGreaterThan(20);
    return scores.path("spearman").asDouble();
  }

  private static JsonNode json(Launcher headwater, String... arguments) throws Exception {
    Result result = headwater.run(arguments);
    assertThat(result.exitCode()).as("%s", result.err()).isZero();
    return result.json();
  }

  private static Path pairs() {
    return DATA.resolve("word-eval/EN-WS-353-ALL.txt");
  }
}
