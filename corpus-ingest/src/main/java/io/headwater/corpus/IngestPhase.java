package io.headwater.corpus;

/** The phases of an ingest, in order. */
public enum IngestPhase {
  /** Documents are read, hashed and put into their global order; duplicates fall out. */
  READ,
  /** The tokenizer is trained, or loaded. */
  TOKENIZER,
  /** Documents become token ids. */
  ENCODE,
  /** Shards and manifest are written. */
  WRITE
}
