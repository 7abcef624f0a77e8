package io.headwater.finetune;

/** Scores a task model that a {@link FineTuneTask} wrote. */
public final class TaskEvaluation {
  private TaskEvaluation() {}

  /**
   * Reads the model and the file again and computes the scores; on the file of the fine-tuning run
   * they equal those of its report.
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
    throw new UnsupportedOperationException("in the making");
  }
}
