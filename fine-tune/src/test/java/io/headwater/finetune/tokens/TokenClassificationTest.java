package io.headwater.finetune.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.UserException;
import io.headwater.finetune.ClassWeights;
import io.headwater.finetune.Columns;
import io.headwater.finetune.FineTuneReport;
import io.headwater.finetune.FineTuneSettings;
import io.headwater.finetune.Method;
import io.headwater.finetune.TaskRuns;
import io.headwater.finetune.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TokenClassificationTest {
  private static final List<String> NAMES = List.of("Ann", "Bob", "Carol", "Dave");
  private static final List<String> PLACES = List.of("Paris", "Rome", "Oslo", "Bern");

  @TempDir Path folder;
  private Path data;

  @BeforeEach
  void writeData() throws IOException {
    data = Files.createDirectories(folder.resolve("data"));
    Files.writeString(data.resolve("train.conll"), sentences(120, 1));
    Files.writeString(data.resolve("held.conll"), sentences(30, 2));
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void findsNamesAndPlacesWithABert(Method method) throws IOException {
    FineTuneReport report = run(TinyCheckpoint.bert(folder.resolve("bert"), words()), method, 6);
    // A probe of random features separates words that it knows.
    assertThat(report.scores().measure("f1")).isGreaterThan(0.99);
    assertThat(report.scores().measures()).containsKeys("precision", "recall", "f1_LOC", "f1_PER");
    try (Checkpoint task = Checkpoint.open(report.directory())) {
      assertThat(task.config().path("architectures").path(0).asText())
          .isEqualTo("BertForTokenClassification");
      assertThat(task.config().path("id2label").toString())
          .isEqualTo(
              "{\"0\":\"B-LOC\",\"1\":\"B-PER\",\"2\":\"I-LOC\",\"3\":\"I-PER\",\"4\":\"O\"}");
      assertThat(task.layout().entry("classifier.weight").shape())
          .containsExactly(5L, (long) TinyCheckpoint.WIDTH);
      assertThat(task.layout().contains("bert.pooler.dense.weight")).isFalse();
    }
    if (method == Method.LORA) {
      assertThat(Files.readString(folder.resolve("task/adapter/adapter_config.json")))
          .contains("\"TOKEN_CLS\"");
    }
  }

  @Test
  void aGptReadsLabelsAtFirstPieces() throws IOException {
    FineTuneReport report = run(TinyCheckpoint.write(folder.resolve("gpt")), Method.FULL, 1);
    assertThat(report.scores().examples()).isEqualTo(30);
    assertThat(report.truncated()).isZero();
    try (Checkpoint task = Checkpoint.open(report.directory())) {
      assertThat(task.config().path("architectures").path(0).asText())
          .isEqualTo("GPT2ForTokenClassification");
    }
  }

  @Test
  void wordsThatAreCutOffCountAsMissed() throws IOException {
    String checkpoint = TinyCheckpoint.bert(folder.resolve("bert"), words());
    FineTuneSettings settings =
        TaskRuns.settings(Method.FULL, 8)
            .withSelection(FineTuneSettings.Selection.ALL.withMaxLength(5));
    FineTuneReport report = run(checkpoint, Method.FULL, settings);
    // Of "Ann went to Paris today", [CLS] Ann went to [SEP] is read: the names, not the places.
    assertThat(report.truncated()).isEqualTo(150);
    assertThat(report.scores().measure("f1_PER")).isEqualTo(1);
    assertThat(report.scores().measure("f1_LOC")).isZero();
    assertThat(report.scores().measure("recall")).isBetween(0.4, 0.6);
  }

  @Test
  void tagsCountByTheirWeights() throws IOException {
    String checkpoint = TinyCheckpoint.bert(folder.resolve("bert"), words());
    FineTuneSettings settings =
        TaskRuns.settings(Method.FULL, 2)
            .withSelection(
                FineTuneSettings.Selection.ALL.withClassWeights(
                    ClassWeights.parse("O=0.000001,B-PER=1000")));
    FineTuneReport report = run(checkpoint, Method.FULL, settings);
    // Nothing is as dear as to miss a name: all else is called one, or is not looked at.
    assertThat(report.scores().measure("precision")).isLessThan(0.5);
    assertThatThrownBy(
            () ->
                run(
                    checkpoint,
                    Method.FULL,
                    settings.withSelection(
                        FineTuneSettings.Selection.ALL.withClassWeights(
                            ClassWeights.parse("B-ORG=2")))))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("Cannot weigh label 'B-ORG': the labels are [B-LOC, ");
  }

  @Test
  void aTypeThatWasNotTrainedIsAnError() throws IOException {
    Files.writeString(data.resolve("held.conll"), "Ann B-PER\nuses O\nJava B-LANG\n");
    assertThatThrownBy(
            () -> run(TinyCheckpoint.bert(folder.resolve("bert"), words()), Method.FULL, 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("held.conll, line 1: label 'B-LANG' was not trained");
  }

  private FineTuneReport run(String checkpoint, Method method, int epochs) {
    return run(checkpoint, method, TaskRuns.settings(method, epochs));
  }

  private FineTuneReport run(String checkpoint, Method method, FineTuneSettings settings) {
    return TaskRuns.run(
        new TokenClassification(),
        checkpoint,
        data,
        Columns.DEFAULT,
        method,
        settings,
        folder.resolve("task"));
  }

  /** Names and places of one and of two words. */
  private static String sentences(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(NAMES.get(random.nextInt(4))).append(" B-PER\n");
      text.append("went O\nto O\n");
      text.append(PLACES.get(random.nextInt(4))).append(" B-LOC\n");
      text.append(random.nextBoolean() ? "city I-LOC\n" : "today O\n").append('\n');
    }
    return text.toString();
  }

  private static String[] words() {
    return new String[] {
      "ann", "bob", "carol", "dave", "paris", "rome", "oslo", "bern", "went", "to", "today", "city"
    };
  }
}
