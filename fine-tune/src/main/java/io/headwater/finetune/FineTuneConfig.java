package io.headwater.finetune;

import java.util.Objects;

/**
 * A fine-tuning run.
 *
 * @param task what for
 * @param checkpoint the pretrained folder; {@code scratch} takes architecture and tokenizer from it
 * @param train labelled file, in a format of the task
 * @param evaluation labelled file that the task model is scored on; never trained on
 * @param columns of both files
 * @param method what is trained
 * @param settings how
 * @param lora of method {@code lora}
 * @param output folder of the task model
 */
public record FineTuneConfig(
    Task<?, ?> task,
    String checkpoint,
    String train,
    String evaluation,
    Columns columns,
    Method method,
    FineTuneSettings settings,
    LoraSettings lora,
    String output) {
  public FineTuneConfig {
    Objects.requireNonNull(task, "task");
    Objects.requireNonNull(checkpoint, "checkpoint");
    Objects.requireNonNull(train, "train");
    Objects.requireNonNull(evaluation, "evaluation");
    Objects.requireNonNull(columns, "columns");
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(settings, "settings");
    Objects.requireNonNull(lora, "lora");
    Objects.requireNonNull(output, "output");
  }

  /** With adapters, if the method has them, as they usually are. */
  public FineTuneConfig(
      Task<?, ?> task,
      String checkpoint,
      String train,
      String evaluation,
      Columns columns,
      Method method,
      FineTuneSettings settings,
      String output) {
    this(
        task,
        checkpoint,
        train,
        evaluation,
        columns,
        method,
        settings,
        LoraSettings.DEFAULT,
        output);
  }

  /** The same run with other settings and another output. */
  public FineTuneConfig with(FineTuneSettings otherSettings, String otherOutput) {
    return new FineTuneConfig(
        task, checkpoint, train, evaluation, columns, method, otherSettings, lora, otherOutput);
  }
}
