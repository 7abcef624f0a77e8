package io.headwater.finetune;

/** One fine-tuning run, from a checkpoint and labelled files to a task model and its scores. */
public final class FineTuneTask {
  private FineTuneTask() {}

  /**
   * Trains, writes the task model's folder and scores it on the evaluation file.
   *
   * @throws io.headwater.checkpoint.UserException if an input is wrong; nothing is written then
   */
  public static FineTuneReport run(FineTuneConfig config, FineTuneProgress progress) {
    throw new UnsupportedOperationException("in the making");
  }
}
