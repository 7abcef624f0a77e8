package io.headwater.corpus.tokenize;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** The token that ends a document. */
final class EndOfText {
  /** What the tokenizers made here call it, as GPT-2 does. */
  static final String CONTENT = "<|endoftext|>";

  /** What known tokenizers call it; the first that a vocabulary has is meant. */
  private static final List<String> KNOWN =
      List.of(
          CONTENT,
          "<|end_of_text|>",
          "<|eot_id|>",
          "</s>",
          "<eos>",
          "<|im_end|>",
          "<｜end▁of▁sentence｜>",
          "[SEP]");

  private EndOfText() {}

  /** The first known name among special tokens. */
  static String among(Set<String> special) {
    return KNOWN.stream().filter(special::contains).findFirst().orElse(null);
  }

  /** Where the literal next stands in a UTF-8 text; its length when it does not. */
  static int indexIn(byte[] text, int from, byte[] literal) {
    for (int at = from; at <= text.length - literal.length; at++) {
      if (text[at] == literal[0] && matches(text, at, literal)) {
        return at;
      }
    }
    return text.length;
  }

  private static boolean matches(byte[] text, int at, byte[] literal) {
    for (int i = 1; i < literal.length; i++) {
      if (text[at + i] != literal[i]) {
        return false;
      }
    }
    return true;
  }

  static byte[] utf8(String content) {
    return content.getBytes(StandardCharsets.UTF_8);
  }

  static OptionalInt optional(int id) {
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }
}
