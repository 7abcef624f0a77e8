package io.headwater.finetune;

import io.headwater.checkpoint.UserException;
import java.util.List;
import java.util.Optional;

/**
 * One text, or two, and the label.
 *
 * @param pair the second text, where the task is about pairs
 * @param label empty where the file's label column is not read
 * @param line of the file, from 1
 */
public record LabelledExample(String text, Optional<String> pair, String label, long line) {
  public LabelledExample(String text, String label, long line) {
    this(text, Optional.empty(), label, line);
  }

  /** Where it stands, for messages. */
  public String place(String file) {
    return file + ", line " + line;
  }

  /**
   * The label as a number.
   *
   * @param file for messages
   * @throws UserException if it is none
   */
  public float number(String file) {
    float number;
    try {
      number = Float.parseFloat(label);
    } catch (NumberFormatException e) {
      number = Float.NaN;
    }
    if (!Float.isFinite(number)) {
      throw new UserException(
          "Cannot use " + place(file) + ": label '" + label + "' is not a finite number");
    }
    return number;
  }

  /** All examples as sequences. */
  public static EncodedTexts encode(
      List<LabelledExample> examples, String file, TextEncoder encoder) {
    return new EncodedTexts(
        examples.stream()
            .map(each -> encoder.encode(each.text(), each.pair(), each.place(file)))
            .toList(),
        encoder.maxLength());
  }
}
