package io.headwater.finetune.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.UserException;
import io.headwater.finetune.Columns;
import io.headwater.finetune.FineTuneReport;
import io.headwater.finetune.Method;
import io.headwater.finetune.TaskRuns;
import io.headwater.finetune.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EmbeddingTest {
  private static final Columns COLUMNS = new Columns("a", Optional.of("b"), "score");
  private static final List<List<String>> TOPICS =
      List.of(
          List.of("cat", "dog", "cow"),
          List.of("red", "blue", "green"),
          List.of("one", "two", "six"),
          List.of("oak", "elm", "ash"));

  @TempDir Path folder;
  private Path data;

  @BeforeEach
  void writeData() throws IOException {
    data = Files.createDirectories(folder.resolve("data"));
    Files.writeString(data.resolve("train.csv"), pairs(400, 1));
    Files.writeString(data.resolve("held.csv"), pairs(100, 2));
  }

  /** Different words of a topic are near only once that is learned. */
  @ParameterizedTest
  @EnumSource(
      value = Method.class,
      names = {"FULL", "LORA", "SCRATCH"})
  void bringsTextsOfATopicTogether(Method method) {
    FineTuneReport report = run(OptionalDouble.of(0.5), method, 8);
    assertThat(report.trainExamples()).isBetween(50, 200);
    // The ranks of cosines of two classes of pairs, a quarter and three quarters.
    assertThat(report.scores().measure("cosine_spearman")).isGreaterThan(0.6);
    assertThat(report.scores().measure("cosine_pearson")).isGreaterThan(0.7);
    try (Checkpoint task = Checkpoint.open(report.directory())) {
      assertThat(task.config().path("architectures").path(0).asText()).isEqualTo("BertModel");
      assertThat(task.layout().entries())
          .allMatch(entry -> entry.name().startsWith("bert.em") || entry.name().contains("enc"));
    }
  }

  @Test
  void refusesToBeProbedAndToReadSingleTexts() {
    assertThatThrownBy(() -> run(OptionalDouble.of(0.5), Method.PROBE, 1))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot probe this task");
    assertThatThrownBy(
            () -> new Embedding(0.1, OptionalDouble.empty()).read("x.csv", Columns.DEFAULT))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot learn embeddings without pairs");
  }

  @Test
  void refusesALabelThatNoPairHas() {
    assertThatThrownBy(() -> run(OptionalDouble.of(7), Method.FULL, 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("0 of its pairs have a label of at least 7.0");
  }

  @Test
  void pairsNeedNoLabelsWhereAllAreTaken() throws IOException {
    Path file = Files.writeString(folder.resolve("pairs.tsv"), "a\tb\ncat\tdog\nred\tblue\n");
    assertThat(new Embedding(0.1, OptionalDouble.empty()).readTraining(file.toString(), COLUMNS))
        .hasSize(2);
  }

  private FineTuneReport run(OptionalDouble leastLabel, Method method, int epochs) {
    String[] words = TOPICS.stream().flatMap(List::stream).toArray(String[]::new);
    return TaskRuns.run(
        new Embedding(0.2, leastLabel),
        TinyCheckpoint.bert(folder.resolve("bert"), words),
        data,
        COLUMNS,
        method,
        TaskRuns.settings(method, epochs),
        folder.resolve("task"));
  }

  /** The score is 1 for two words of a topic, else 0. */
  private static String pairs(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder csv = new StringBuilder("a,b,score\n");
    for (int i = 0; i < count; i++) {
      int first = random.nextInt(TOPICS.size());
      int second = random.nextInt(TOPICS.size());
      csv.append(TOPICS.get(first).get(random.nextInt(3))).append(',');
      csv.append(TOPICS.get(second).get(random.nextInt(3))).append(',');
      csv.append(first == second ? 1 : 0).append('\n');
    }
    return csv.toString();
  }
}
