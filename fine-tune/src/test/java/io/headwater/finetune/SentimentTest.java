package io.headwater.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.finetune.classify.Classification;
import io.headwater.model.Execution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real reviews (Stanford Sentiment Treebank), a small part of them. */
class SentimentTest {
  private static final Classification TASK = new Classification();
  private static final Columns COLUMNS = new Columns("#1", "#2");

  @TempDir Path folder;

  @Test
  void fullLoraAndProbeReadRealReviewsAndAreScoredAgainWithEqualFigures() throws IOException {
    Path data = Path.of(System.getProperty("headwater.data", "")).resolve("sst2");
    Assumptions.assumeTrue(Files.isDirectory(data), "needs sst2 in headwater.data");
    String checkpoint = TinyCheckpoint.write(folder.resolve("pretrained"));
    String train = head(data.resolve("train.tsv"), 1500);
    String held = head(data.resolve("dev.tsv"), 300);
    for (Method method : List.of(Method.FULL, Method.LORA, Method.PROBE)) {
      FineTuneSettings settings =
          FineTuneSettings.defaults(method)
              .withEpochs(method == Method.PROBE ? 30 : 2)
              .withBatchSize(16)
              .withLearningRate(3e-3f)
              .withSelection(FineTuneSettings.Selection.ALL.withTrainPerClass(500));
      String output = folder.resolve(method.toString()).toString();
      FineTuneReport report =
          FineTuneTask.run(
              new FineTuneConfig(TASK, checkpoint, train, held, COLUMNS, method, settings, output),
              FineTuneProgress.NONE);
      List<Double> losses = report.epochLosses();
      assertThat(losses.get(losses.size() - 1)).isLessThan(losses.get(0));
      assertThat(report.trainExamples()).isEqualTo(1000);
      assertThat(report.truncated()).isPositive();
      assertThat(report.scores().confusion().orElseThrow().labels()).containsExactly("0", "1");
      assertThat(report.scores().measure("auc")).isGreaterThan(0.5);
      assertThat(TaskEvaluation.run(TASK, output, held, COLUMNS, Execution.CPU))
          .isEqualTo(report.scores());
    }
  }

  private String head(Path file, int lines) throws IOException {
    Path part = folder.resolve(file.getFileName().toString());
    return Files.write(part, Files.readAllLines(file).subList(0, lines)).toString();
  }
}
