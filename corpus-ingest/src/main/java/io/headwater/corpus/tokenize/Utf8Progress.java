package io.headwater.corpus.tokenize;

import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/**
 * Where a text that is written by tokens of bytes stands within a character of UTF-8 (RFC 3629).
 * Its states say which bytes may follow.
 */
final class Utf8Progress {
  private static final int BETWEEN = 0;
  private static final int LAST = 1; // one more byte
  private static final int LAST_BUT_ONE = 2;
  private static final int LAST_BUT_TWO = 3;
  private static final int AFTER_E0 = 4; // the shorter forms are left out
  private static final int AFTER_ED = 5; // surrogates are left out
  private static final int AFTER_F0 = 6; // the shorter forms are left out
  private static final int AFTER_F4 = 7; // what is beyond U+10FFFF is left out
  private static final int INVALID = -1;

  /** Bytes of a token; null of one that is no text, which only stands between characters. */
  private final IntFunction<byte[]> bytes;

  Utf8Progress(IntFunction<byte[]> bytes) {
    this.bytes = bytes;
  }

  /** Which tokens may stand behind others. */
  IntPredicate after(int[] ids) {
    int state = BETWEEN;
    for (int id : ids) {
      state = next(state, id);
    }
    int reached = state;
    return id -> next(reached, id) != INVALID;
  }

  /** The number of the first tokens that end with a character. */
  int whole(int[] ids) {
    int state = BETWEEN;
    int whole = 0;
    for (int i = 0; i < ids.length; i++) {
      state = next(state, ids[i]);
      whole = state == BETWEEN ? i + 1 : whole;
    }
    return whole;
  }

  private int next(int state, int id) {
    byte[] token = bytes.apply(id);
    if (token == null) {
      return state == BETWEEN ? BETWEEN : INVALID;
    }
    int reached = state;
    for (byte each : token) {
      reached = next(reached, each);
    }
    return reached;
  }

  private static int next(int state, byte next) {
    int value = next & 0xFF;
    return switch (state) {
      case BETWEEN -> first(value);
      case LAST -> in(value, 0x80, 0xBF, BETWEEN);
      case LAST_BUT_ONE -> in(value, 0x80, 0xBF, LAST);
      case LAST_BUT_TWO -> in(value, 0x80, 0xBF, LAST_BUT_ONE);
      case AFTER_E0 -> in(value, 0xA0, 0xBF, LAST);
      case AFTER_ED -> in(value, 0x80, 0x9F, LAST);
      case AFTER_F0 -> in(value, 0x90, 0xBF, LAST_BUT_ONE);
      case AFTER_F4 -> in(value, 0x80, 0x8F, LAST_BUT_ONE);
      default -> INVALID;
    };
  }

  private static int first(int value) {
    if (value < 0x80) {
      return BETWEEN;
    }
    if (value < 0xC2 || value > 0xF4) {
      return INVALID;
    }
    return switch (value) {
      case 0xE0 -> AFTER_E0;
      case 0xED -> AFTER_ED;
      case 0xF0 -> AFTER_F0;
      case 0xF4 -> AFTER_F4;
      default -> value < 0xE0 ? LAST : value < 0xF0 ? LAST_BUT_ONE : LAST_BUT_TWO;
    };
  }

  private static int in(int value, int from, int to, int state) {
    return value >= from && value <= to ? state : INVALID;
  }
}
