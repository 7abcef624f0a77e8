package io.headwater.finetune;

import io.headwater.checkpoint.Checkpoint;
import io.headwater.model.Execution;
import io.headwater.model.TaskNetwork;
import java.util.List;

/** Scores a task model that a {@link FineTuneTask} wrote. */
public final class TaskEvaluation {
  private TaskEvaluation() {}

  /**
   * Reads the model and the file again and computes the scores; on the evaluation file of the
   * fine-tuning run they equal those of its report.
   *
   * @param directory the task model
   * @param data labelled file, in a format of the task
   * @throws io.headwater.checkpoint.UserException if the folder is not a model of the task, or the
   *     file has labels that the model does not know
   */
  public static <E, N extends TaskNetwork> Scores run(
      Task<E, N> task, String directory, String data, Columns columns, Execution execution) {
    List<E> examples = task.read(data, columns);
    try (Checkpoint checkpoint = Checkpoint.open(directory);
        TaskModel<N> model = TaskModel.open(task, checkpoint, execution)) {
      return task.prepare(examples, data, model).score();
    }
  }
}
