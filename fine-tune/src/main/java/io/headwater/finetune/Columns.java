package io.headwater.finetune;

import io.headwater.checkpoint.UserException;
import java.util.Optional;

/**
 * Where text and label stand in a labelled file.
 *
 * @param text name of a column (CSV, TSV) or key (JSONL); {@code #1} is the first column of a CSV
 *     or TSV file without a header line
 * @param pair the same for the second text of a pair; empty if there is none
 * @param label the same for the label
 */
public record Columns(String text, Optional<String> pair, String label) {
  public static final Columns DEFAULT = new Columns("text", "label");

  public Columns(String text, String label) {
    this(text, Optional.empty(), label);
  }

  public Columns {
    if (text.isBlank() || label.isBlank()) {
      throw new UserException("Cannot read labelled data: the name of a column is empty");
    }
    if (text.equals(label)) {
      throw new UserException(
          "Cannot read labelled data: text and label are the same column, '" + text + "'");
    }
    if (pair.isPresent()
        && (pair.get().isBlank() || pair.get().equals(text) || pair.get().equals(label))) {
      throw new UserException(
          "Cannot read labelled data: the pair's column, '"
              + pair.get()
              + "', is empty or that of text or label");
    }
    if (isNumber(text) != isNumber(label) || isNumber(text) != isNumber(pair.orElse(text))) {
      throw new UserException(
          "Cannot read labelled data: columns '"
              + text
              + "' and '"
              + label
              + "' (give both by name, or both by number as #1 in a file without a header)");
    }
  }

  /** Whether the file has no header line and columns are given by number. */
  boolean byNumber() {
    return isNumber(text);
  }

  /** Index from 0 of a column given by number. */
  static int index(String column) {
    return Integer.parseInt(column.substring(1)) - 1;
  }

  private static boolean isNumber(String column) {
    return column.matches("#[1-9][0-9]{0,3}");
  }
}
