package io.headwater.finetune.regress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.UserException;
import io.headwater.finetune.Columns;
import io.headwater.finetune.FineTuneReport;
import io.headwater.finetune.FineTuneSettings;
import io.headwater.finetune.Method;
import io.headwater.finetune.TaskRuns;
import io.headwater.finetune.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RegressionTest {
  private static final Columns COLUMNS = new Columns("a", Optional.of("b"), "score");

  @TempDir Path folder;
  private Path data;

  @BeforeEach
  void writeData() throws IOException {
    data = Files.createDirectories(folder.resolve("data"));
    Files.writeString(data.resolve("train.csv"), pairs(240, 1));
    Files.writeString(data.resolve("held.csv"), pairs(60, 2));
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void countsWhatIsGood(Method method) {
    String checkpoint = TinyCheckpoint.bert(folder.resolve("bert"), "good", "bad", "so");
    FineTuneReport report = run(checkpoint, method, TaskRuns.settings(method, 15));
    assertThat(report.scores().measure("pearson")).isGreaterThan(0.9);
    assertThat(report.scores().mainName()).isEqualTo("spearman");
    // A probe of random features, its weights kept small, finds the order sooner than the scale.
    assertThat(report.scores().measure("mse")).isLessThan(method == Method.PROBE ? 2 : 0.3);
    try (Checkpoint task = Checkpoint.open(report.directory())) {
      assertThat(task.config().path("problem_type").asText()).isEqualTo("regression");
      assertThat(task.config().path("id2label").size()).isEqualTo(1);
      assertThat(task.layout().entry("classifier.bias").shape()).containsExactly(1L);
    }
  }

  @Test
  void theSameModelStopsEarlyWithItsBestWeights() {
    String checkpoint = TinyCheckpoint.bert(folder.resolve("bert"), "good", "bad", "so");
    FineTuneSettings settings =
        TaskRuns.settings(Method.FULL, 40).withWatch(FineTuneSettings.Watch.stopping(2));
    FineTuneReport report = run(checkpoint, Method.FULL, settings);
    int made = report.training().epochs().size();
    int best = report.training().best();
    assertThat(made).isEqualTo(Math.min(40, best + 2));
    double bestScore = report.training().epochs().get(best - 1).scores().orElseThrow().main();
    assertThat(report.scores().main()).isEqualTo(bestScore);
    assertThat(report.training().epochs())
        .allMatch(epoch -> epoch.scores().orElseThrow().main() <= bestScore);
    assertThat(report.steps()).isEqualTo(15L * made);
  }

  @Test
  void aLabelThatIsNoNumberIsAnError() throws IOException {
    Files.writeString(data.resolve("held.csv"), "a,b,score\ngood,bad,often\n");
    String checkpoint = TinyCheckpoint.bert(folder.resolve("bert"), "good");
    assertThatThrownBy(() -> run(checkpoint, Method.FULL, TaskRuns.settings(Method.FULL, 1)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("held.csv, line 2: label 'often' is not a finite number");
  }

  private FineTuneReport run(String checkpoint, Method method, FineTuneSettings settings) {
    return TaskRuns.run(
        new Regression(), checkpoint, data, COLUMNS, method, settings, folder.resolve("task"));
  }

  /** The score is the number of good words in both texts. */
  private static String pairs(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder csv = new StringBuilder("a,b,score\n");
    for (int i = 0; i < count; i++) {
      int good = 0;
      for (int text = 0; text < 2; text++) {
        csv.append("so");
        for (int word = 0; word < 2; word++) {
          boolean isGood = random.nextBoolean();
          good += isGood ? 1 : 0;
          csv.append(isGood ? " good" : " bad");
        }
        csv.append(',');
      }
      csv.append(good).append(".0\n");
    }
    return csv.toString();
  }
}
