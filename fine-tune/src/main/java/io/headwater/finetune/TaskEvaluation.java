package io.headwater.finetune;

import io.headwater.checkpoint.Checkpoint;
import io.headwater.model.Execution;
import java.util.List;

/** Scores a task model that a {@link FineTuneTask} wrote. */
public final class TaskEvaluation {
  private TaskEvaluation() {}

  /**
   * Reads the model and the file again and computes the scores; on the evaluation file of the
   * fine-tuning run they equal those of its report.
   *
   * @param directory the task model
   * @param data labelled file, CSV, TSV or JSONL
   * @param threads of the model
   * @param device {@code cpu} or {@code cuda:N}
   * @throws io.headwater.checkpoint.UserException if the folder is not a task model, or the file
   *     has labels that the model does not know
   */
  public static Scores run(
      String directory, String data, Columns columns, int threads, String device) {
    List<LabelledExample> examples = LabelledFile.read(data, columns);
    try (Checkpoint checkpoint = Checkpoint.open(directory);
        TaskModel model = TaskModel.open(checkpoint, new Execution(device, threads))) {
      return model.score(model.tokenize(examples, data));
    }
  }
}
