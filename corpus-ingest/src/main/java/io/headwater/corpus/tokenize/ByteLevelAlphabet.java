package io.headwater.corpus.tokenize;

import java.util.Arrays;

/**
 * GPT-2's spelling of bytes as printable characters, so that a vocabulary of byte strings is JSON:
 * visible Latin-1 characters stand for themselves, the other 68 bytes for U+0100 and up.
 */
final class ByteLevelAlphabet {
  private static final char[] CHARACTER = new char[256];
  private static final int[] BYTE = new int[512];

  static {
    Arrays.fill(BYTE, -1);
    char next = 256;
    for (int value = 0; value < 256; value++) {
      boolean visible =
          (value >= '!' && value <= '~')
              || (value >= 0xA1 && value <= 0xAC)
              || (value >= 0xAE && value <= 0xFF);
      CHARACTER[value] = visible ? (char) value : next++;
      BYTE[CHARACTER[value]] = value;
    }
  }

  private ByteLevelAlphabet() {}

  static String spell(byte[] bytes) {
    char[] characters = new char[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      characters[i] = CHARACTER[bytes[i] & 0xFF];
    }
    return new String(characters);
  }

  /** The bytes that a token spells; null when it holds a character outside the alphabet. */
  static byte[] bytes(String token) {
    byte[] bytes = new byte[token.length()];
    for (int i = 0; i < bytes.length; i++) {
      char character = token.charAt(i);
      int value = character < BYTE.length ? BYTE[character] : -1;
      if (value < 0) {
        return null;
      }
      bytes[i] = (byte) value;
    }
    return bytes;
  }

  /** All bytes, in the order of their characters: GPT-2's first 256 ids. */
  static byte[] inCharacterOrder() {
    byte[] order = new byte[256];
    int next = 0;
    for (int value : BYTE) {
      if (value >= 0) {
        order[next++] = (byte) value;
      }
    }
    return order;
  }
}
