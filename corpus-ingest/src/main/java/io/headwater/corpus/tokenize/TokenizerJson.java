package io.headwater.corpus.tokenize;

/** Reads and writes {@code tokenizer.json}. */
final class TokenizerJson {
  private TokenizerJson() {}

  static Tokenizer parse(byte[] json) {
    throw new UnsupportedOperationException("not landed yet: " + json.length);
  }
}
