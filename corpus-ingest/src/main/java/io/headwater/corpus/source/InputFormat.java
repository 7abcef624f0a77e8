package io.headwater.corpus.source;

/** How an input file holds its documents; compression is recognised by itself. */
public enum InputFormat {
  /** By content and extension: archives, then {@code <doc}, then {@code .jsonl}, else text. */
  AUTO,
  /** Plain text, cut into documents by {@link DocumentUnit}. */
  TEXT,
  /** One JSON object a line; one of its fields is the document. */
  JSONL,
  /** WikiExtractor's {@code <doc id= url= title=> ... </doc>} elements, one document each. */
  WIKI,
  /** A {@code .zip} or {@code .jar}: each text entry outside META-INF is plain text. */
  ARCHIVE
}
