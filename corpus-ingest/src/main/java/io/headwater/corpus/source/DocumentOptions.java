package io.headwater.corpus.source;

import io.headwater.checkpoint.UserException;
import java.io.Serializable;
import java.util.Objects;

/**
 * How input files are cut into documents.
 *
 * @param unit what is one document in plain text
 * @param textField the field of a JSONL object that holds the document
 */
public record DocumentOptions(InputFormat format, DocumentUnit unit, String textField)
    implements Serializable {
  public DocumentOptions {
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(unit, "unit");
    if (textField.isEmpty()) {
      throw new UserException("Cannot read documents: the name of the text field is empty");
    }
  }

  /** Format by content, one document per text file, JSONL's {@code text} field. */
  public static DocumentOptions defaults() {
    return new DocumentOptions(InputFormat.AUTO, DocumentUnit.FILE, "text");
  }

  public DocumentOptions withUnit(DocumentUnit newUnit) {
    return new DocumentOptions(format, newUnit, textField);
  }

  public DocumentOptions withFormat(InputFormat newFormat) {
    return new DocumentOptions(newFormat, unit, textField);
  }
}
