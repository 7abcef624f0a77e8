package io.headwater.finetune;

import java.util.Objects;

/**
 * A fine-tuning run: sequence classification.
 *
 * @param checkpoint the pretrained folder; {@code scratch} takes architecture and tokenizer from it
 * @param train labelled file, CSV, TSV or JSONL
 * @param evaluation labelled file that the task model is scored on; never trained on
 * @param columns of both files
 * @param method what is trained
 * @param settings how
 * @param lora of method {@code lora}
 * @param output folder of the task model
 */
public record FineTuneConfig(
    String checkpoint,
    String train,
    String evaluation,
    Columns columns,
    Method method,
    FineTuneSettings settings,
    LoraSettings lora,
    String output) {
  public FineTuneConfig {
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
      String checkpoint,
      String train,
      String evaluation,
      Columns columns,
      Method method,
      FineTuneSettings settings,
      String output) {
    this(checkpoint, train, evaluation, columns, method, settings, LoraSettings.DEFAULT, output);
  }
}
