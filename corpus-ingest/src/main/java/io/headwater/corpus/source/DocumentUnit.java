package io.headwater.corpus.source;

/** What is one document in plain text. */
public enum DocumentUnit {
  /** The whole file or archive entry. */
  FILE,
  /** A line that is not blank, without its line end. */
  LINE,
  /** A run of lines that are not blank. */
  PARAGRAPH
}
