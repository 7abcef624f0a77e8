package io.headwater.finetune.words;

import io.headwater.checkpoint.UserException;
import io.headwater.finetune.Columns;
import io.headwater.finetune.Method;
import java.util.Objects;

/**
 * A fine-tuning run from word vectors.
 *
 * @param train labelled file, CSV, TSV or JSONL
 * @param evaluation labelled file that the classifier is scored on; never trained on
 * @param columns of both files
 * @param method {@code full} trains the rows of words and the head, {@code probe} the head alone,
 *     {@code scratch} both from drawn rows
 * @param reading of both files
 * @param output folder of the classifier
 */
public record WordClassifierConfig(
    String train,
    String evaluation,
    Columns columns,
    Method method,
    TextReading reading,
    WordClassifierSettings settings,
    String output) {
  public WordClassifierConfig {
    Objects.requireNonNull(train, "train");
    Objects.requireNonNull(evaluation, "evaluation");
    Objects.requireNonNull(columns, "columns");
    Objects.requireNonNull(reading, "reading");
    Objects.requireNonNull(settings, "settings");
    Objects.requireNonNull(output, "output");
    if (method == Method.LORA) {
      throw new UserException(
          "Cannot fine-tune word vectors with method lora: must be full, probe or scratch");
    }
    if (columns.pair().isPresent()) {
      throw new UserException("Cannot classify pairs of texts from word vectors");
    }
    if (method == Method.PROBE && settings.wordNgrams() > 1) {
      throw new UserException(
          "Cannot use --word-ngrams with method probe: n-grams of words have no vectors yet");
    }
  }
}
