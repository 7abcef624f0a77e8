package io.headwater.corpus.tokenize;

/**
 * Cuts UTF-8 text into the words that byte-level BPE merges within, exactly as GPT-2's regular
 * expression does:
 *
 * <pre>
 *   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 * </pre>
 *
 * <p>A scanner of its own since the expression costs ten times as much. Text must be well-formed
 * UTF-8. Characters that this Java version does not know yet are told apart, because a newer
 * library may know them for letters.
 */
final class Gpt2PreTokenizer {
  private static final byte OTHER = 0;
  private static final byte LETTER = 1;
  private static final byte NUMBER = 2;
  private static final byte SPACE = 3;
  private static final byte UNKNOWN = 4;

  private static final byte[] BASIC_PLANE = new byte[0x10000];

  static {
    for (int codePoint = 0; codePoint < BASIC_PLANE.length; codePoint++) {
      BASIC_PLANE[codePoint] = classify(codePoint);
    }
  }

  private byte[] text;
  private int end;
  private int wordStart;
  private int wordEnd;

  // The code point that decode() read last.
  private byte kind;
  private int next;

  /** Begins at a range of a text. */
  void reset(byte[] newText, int from, int to) {
    text = newText;
    end = to;
    wordEnd = from;
  }

  /** Goes to the next word; false at the end. */
  boolean advance() {
    wordStart = wordEnd;
    if (wordStart == end) {
      return false;
    }
    int contraction = contractionLength(wordStart);
    wordEnd = contraction > 0 ? wordStart + contraction : wordEndWithoutContraction();
    return true;
  }

  int wordStart() {
    return wordStart;
  }

  int wordEnd() {
    return wordEnd;
  }

  private int wordEndWithoutContraction() {
    decode(wordStart);
    if (kind != SPACE) {
      return runEnd(next, kind);
    }
    if (text[wordStart] == ' ' && next < end) {
      decode(next);
      if (kind != SPACE) {
        return runEnd(next, kind);
      }
    }
    int last = wordStart;
    int at = wordStart;
    while (at < end) {
      decode(at);
      if (kind != SPACE) {
        // The last space goes to the word that follows, unless it is alone.
        return last > wordStart ? last : at;
      }
      last = at;
      at = next;
    }
    return end;
  }

  private int runEnd(int from, byte wanted) {
    int at = from;
    while (at < end) {
      decode(at);
      if (kind != wanted) {
        break;
      }
      at = next;
    }
    return at;
  }

  private int contractionLength(int at) {
    if (text[at] != '\'' || at + 1 >= end) {
      return 0;
    }
    byte first = text[at + 1];
    if (first == 's' || first == 't' || first == 'm' || first == 'd') {
      return 2;
    }
    byte second = at + 2 < end ? text[at + 2] : 0;
    boolean three =
        (first == 'r' && second == 'e')
            || (first == 'v' && second == 'e')
            || (first == 'l' && second == 'l');
    return three ? 3 : 0;
  }

  private void decode(int at) {
    int lead = text[at];
    if (lead >= 0) {
      next = at + 1;
      kind = known(BASIC_PLANE[lead]);
    } else if (lead < (byte) 0xE0) {
      next = at + 2;
      kind = known(BASIC_PLANE[(lead & 0x1F) << 6 | (text[at + 1] & 0x3F)]);
    } else if (lead < (byte) 0xF0) {
      next = at + 3;
      kind = known(BASIC_PLANE[codePoint(at)]);
    } else {
      next = at + 4;
      kind = known(classify(codePoint(at)));
    }
  }

  private int codePoint(int at) {
    int lead = text[at];
    int tail = (text[at + 1] & 0x3F) << 6 | (text[at + 2] & 0x3F);
    return lead < (byte) 0xF0
        ? (lead & 0x0F) << 12 | tail
        : (lead & 0x07) << 18 | tail << 6 | (text[at + 3] & 0x3F);
  }

  private static byte known(byte kind) {
    return kind == UNKNOWN ? OTHER : kind;
  }

  /** Whether a well-formed text holds a code point without a meaning in this Java version. */
  static boolean hasUnknown(byte[] text) {
    Gpt2PreTokenizer scanner = new Gpt2PreTokenizer();
    scanner.text = text;
    int at = 0;
    while (at < text.length) {
      int lead = text[at];
      if (lead >= 0) {
        at++;
      } else if (lead < (byte) 0xE0) {
        if (BASIC_PLANE[(lead & 0x1F) << 6 | (text[at + 1] & 0x3F)] == UNKNOWN) {
          return true;
        }
        at += 2;
      } else {
        if (classify(scanner.codePoint(at)) == UNKNOWN) {
          return true;
        }
        at += lead < (byte) 0xF0 ? 3 : 4;
      }
    }
    return false;
  }

  private static byte classify(int codePoint) {
    if (isSpace(codePoint)) {
      return SPACE;
    }
    return switch (Character.getType(codePoint)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER ->
          LETTER;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          NUMBER;
      case Character.UNASSIGNED -> UNKNOWN;
      default -> OTHER;
    };
  }

  /** Unicode's White_Space, which Java has no method for. */
  private static boolean isSpace(int codePoint) {
    return (codePoint >= '\t' && codePoint <= '\r')
        || codePoint == 0x85
        || Character.isSpaceChar(codePoint);
  }
}
