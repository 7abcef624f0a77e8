package io.headwater.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.Execution;
import java.nio.file.Path;

/** Runs a task's fine-tuning for tests. */
public final class TaskRuns {
  private TaskRuns() {}

  /** Trains, and checks that the model read again is scored the same. */
  public static FineTuneReport run(
      Task<?, ?> task,
      String checkpoint,
      Path data,
      Columns columns,
      Method method,
      FineTuneSettings settings,
      Path output) {
    FineTuneReport report =
        FineTuneTask.run(
            new FineTuneConfig(
                task,
                checkpoint,
                data.resolve("train").toString() + extension(data),
                data.resolve("held").toString() + extension(data),
                columns,
                method,
                settings,
                output.toString()),
            FineTuneProgress.NONE);
    assertThat(
            TaskEvaluation.run(
                task,
                report.directory(),
                data.resolve("held").toString() + extension(data),
                columns,
                Execution.CPU))
        .isEqualTo(report.scores());
    return report;
  }

  private static String extension(Path data) {
    String[] names = data.toFile().list((folder, name) -> name.startsWith("train"));
    return names[0].substring("train".length());
  }

  /** Enough for what these tests ask. */
  public static FineTuneSettings settings(Method method, int epochs) {
    FineTuneSettings defaults = FineTuneSettings.defaults(method);
    return method == Method.PROBE
        ? defaults
        : defaults.withEpochs(epochs).withLearningRate(method == Method.LORA ? 1e-2f : 4e-3f);
  }
}
