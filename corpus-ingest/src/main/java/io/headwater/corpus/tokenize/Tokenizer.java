package io.headwater.corpus.tokenize;

import java.util.OptionalInt;
import java.util.function.IntPredicate;

/**
 * Turns text into token ids and back. Safe for use by several threads; holds native memory where
 * the Hugging Face library does the work, so close it.
 */
public interface Tokenizer extends AutoCloseable {
  /**
   * The ids of a text, nothing added before or after it.
   *
   * @throws io.headwater.checkpoint.UserException when the vocabulary cannot spell the text
   */
  int[] encode(String text);

  /** As {@link #encode}, of well-formed UTF-8. */
  int[] encodeUtf8(byte[] text);

  /** The text of ids; special tokens, such as the end of text, are left out. */
  String decode(int[] ids);

  /**
   * Which ids may follow others, so that the text is never broken within a character. Ids beyond
   * the vocabulary are no text and stand between characters.
   */
  default IntPredicate following(int[] ids) {
    return id -> true;
  }

  /** The number of the first ids whose text ends with a character. */
  default int whole(int[] ids) {
    return ids.length;
  }

  /** Ids are below this number. */
  int vocabularySize();

  /** The id that ends a document; empty where the vocabulary has none. */
  OptionalInt endOfText();

  /** The {@code tokenizer.json} of this tokenizer. */
  byte[] json();

  @Override
  void close();

  /**
   * The tokenizer of any Hugging Face {@code tokenizer.json}. Byte, character and byte-level BPE
   * vocabularies run on own code, all else in the Hugging Face library.
   *
   * @throws io.headwater.checkpoint.UserException when the bytes are not such a file
   */
  static Tokenizer parse(byte[] json) {
    return TokenizerJson.parse(json);
  }
}
