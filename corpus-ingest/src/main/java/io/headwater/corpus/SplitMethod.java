package io.headwater.corpus;

/** How documents are divided between training and validation. */
public enum SplitMethod {
  /** By a hash of each document's text: the same document always falls on the same side. */
  HASH,
  /** The end of one long text, as nanoGPT divides tinyshakespeare. */
  TAIL
}
