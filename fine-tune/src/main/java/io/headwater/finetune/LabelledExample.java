package io.headwater.finetune;

import java.util.Optional;

/**
 * One text, or two, and the label.
 *
 * @param pair the second text, where the task is about pairs
 * @param line of the file, from 1
 */
record LabelledExample(String text, Optional<String> pair, String label, long line) {
  LabelledExample(String text, String label, long line) {
    this(text, Optional.empty(), label, line);
  }
}
