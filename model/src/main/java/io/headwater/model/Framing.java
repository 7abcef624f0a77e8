package io.headwater.model;

/** How a text, or a pair of texts, becomes the sequence that a body reads. */
public enum Framing {
  /** Its tokens; a pair has an end of text between. The last token has read all others. */
  LAST_TOKEN,
  /** {@code [CLS] text [SEP]}, or {@code [CLS] text [SEP] text [SEP]}. */
  CLASSIFICATION_TOKEN
}
