package io.headwater.corpus.tokenize;

import java.text.Normalizer;
import java.util.function.Consumer;

/**
 * Words as BERT has them: split at white space, each punctuation mark and each ideograph by itself,
 * control characters left out (Devlin et al., arXiv:1810.04805, {@code BasicTokenizer}).
 */
final class BertPreTokenizer {
  private final WordPieceCase letters;

  BertPreTokenizer(WordPieceCase letters) {
    this.letters = letters;
  }

  void split(String text, Consumer<String> each) {
    boolean lower = letters == WordPieceCase.LOWER;
    String normal = lower ? Normalizer.normalize(text, Normalizer.Form.NFD) : text;
    StringBuilder word = new StringBuilder();
    for (int at = 0; at < normal.length(); ) {
      int character = normal.codePointAt(at);
      at += Character.charCount(character);
      if (isSpace(character)) {
        flush(word, each);
      } else if (isPunctuation(character) || isIdeograph(character)) {
        flush(word, each);
        each.accept(Character.toString(character));
      } else if (!isDropped(character, lower)) {
        word.appendCodePoint(lower ? Character.toLowerCase(character) : character);
      }
    }
    flush(word, each);
  }

  private static void flush(StringBuilder word, Consumer<String> each) {
    if (word.length() > 0) {
      each.accept(word.toString());
      word.setLength(0);
    }
  }

  private static boolean isSpace(int character) {
    return Character.isWhitespace(character)
        || Character.isSpaceChar(character)
        || character == 0x85;
  }

  private static boolean isDropped(int character, boolean accents) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.UNASSIGNED,
          Character.PRIVATE_USE,
          Character.SURROGATE ->
          true;
      case Character.NON_SPACING_MARK -> accents;
      default -> character == 0xFFFD;
    };
  }

  /** All of ASCII that is neither letter, digit nor space, and what Unicode calls punctuation. */
  static boolean isPunctuation(int character) {
    if (character < 128) {
      return character > 32 && character < 127 && !Character.isLetterOrDigit(character);
    }
    return switch (Character.getType(character)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> false;
    };
  }

  /** The blocks of Chinese characters; not Hiragana, Katakana or Hangul, which have words. */
  private static boolean isIdeograph(int character) {
    return (character >= 0x4E00 && character <= 0x9FFF)
        || (character >= 0x3400 && character <= 0x4DBF)
        || (character >= 0x20000 && character <= 0x2CEAF)
        || (character >= 0xF900 && character <= 0xFAFF)
        || (character >= 0x2F800 && character <= 0x2FA1F);
  }
}
