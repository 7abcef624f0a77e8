package io.headwater.corpus.tokenize;

import io.headwater.checkpoint.UserException;

/**
 * Which tokenizer a corpus gets.
 *
 * @param tokenizer {@code byte}, {@code char}, {@code bpe}, {@code wordpiece} or {@code
 *     wordpiece-cased} (trained on the corpus), or the path of a {@code tokenizer.json}
 * @param vocabularySize entries of a trained vocabulary, its special tokens included
 */
public record TokenizerOptions(String tokenizer, int vocabularySize) {
  /** 256 bytes and an end of text: below this, byte-level BPE cannot spell every text. */
  static final int SMALLEST_BPE = 257;

  /** Five special tokens and some characters. */
  static final int SMALLEST_WORDPIECE = 64;

  public TokenizerOptions {
    if (tokenizer.isBlank()) {
      throw new UserException(
          "Cannot choose a tokenizer: the name is empty; valid are byte, char, bpe, wordpiece,"
              + " wordpiece-cased or the path of a tokenizer.json");
    }
    if (tokenizer.equals("bpe") && vocabularySize < SMALLEST_BPE) {
      throw new UserException(
          "Cannot train bpe: vocabulary size "
              + vocabularySize
              + " is below "
              + SMALLEST_BPE
              + " (256 bytes and an end of text)");
    }
    if (tokenizer.startsWith("wordpiece") && vocabularySize < SMALLEST_WORDPIECE) {
      throw new UserException(
          "Cannot train "
              + tokenizer
              + ": vocabulary size "
              + vocabularySize
              + " is below "
              + SMALLEST_WORDPIECE);
    }
  }

  /** BPE with 8,192 entries. */
  public static TokenizerOptions defaults() {
    return named("bpe");
  }

  public static TokenizerOptions named(String tokenizer) {
    return new TokenizerOptions(tokenizer, 8192);
  }
}
