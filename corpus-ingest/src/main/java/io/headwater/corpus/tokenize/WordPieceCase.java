package io.headwater.corpus.tokenize;

/** What WordPiece does with upper case. */
public enum WordPieceCase {
  /** Letters are lowered and lose their accents, as BERT's uncased models have it. */
  LOWER,
  /** Letters stay as they are. */
  KEPT
}
