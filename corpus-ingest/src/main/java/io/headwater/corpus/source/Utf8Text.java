package io.headwater.corpus.source;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Bytes made well-formed UTF-8.
 *
 * @param invalid malformed sequences that became U+FFFD each
 */
record Utf8Text(byte[] bytes, int invalid) {
  private static final char REPLACEMENT = '\uFFFD';

  static Utf8Text of(byte[] raw) {
    return isAscii(raw) ? new Utf8Text(raw, 0) : decode(raw);
  }

  private static boolean isAscii(byte[] raw) {
    for (byte each : raw) {
      if (each < 0) {
        return false;
      }
    }
    return true;
  }

  private static Utf8Text decode(byte[] raw) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder(); // reports, does not replace
    ByteBuffer in = ByteBuffer.wrap(raw);
    CharBuffer out = CharBuffer.allocate(raw.length);
    int invalid = 0;
    CoderResult result = decoder.decode(in, out, true);
    while (result.isError()) {
      in.position(in.position() + result.length());
      out.put(REPLACEMENT);
      invalid++;
      result = decoder.decode(in, out, true);
    }
    byte[] bytes = invalid == 0 ? raw : out.flip().toString().getBytes(StandardCharsets.UTF_8);
    return new Utf8Text(bytes, invalid);
  }

  /** Of a Java string, where a surrogate without its other half is malformed. */
  static Utf8Text of(String text) {
    int invalid = 0;
    for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
      int codePoint = text.codePointAt(at);
      if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
        invalid++;
      }
    }
    if (invalid == 0) {
      return new Utf8Text(text.getBytes(StandardCharsets.UTF_8), 0);
    }
    StringBuilder repaired = new StringBuilder(text.length());
    text.codePoints()
        .map(each -> Character.getType(each) == Character.SURROGATE ? REPLACEMENT : each)
        .forEach(repaired::appendCodePoint);
    return new Utf8Text(repaired.toString().getBytes(StandardCharsets.UTF_8), invalid);
  }

  static boolean hasNul(byte[] raw) {
    for (byte each : raw) {
      if (each == 0) {
        return true;
      }
    }
    return false;
  }

  /** Whether so much of some bytes is malformed that they are no UTF-8 text at all. */
  static boolean isMostlyUndecodable(long invalid, long bytes) {
    return invalid > 2 && invalid * 5 > bytes;
  }

  boolean isBlank() {
    for (byte each : bytes) {
      if (each < 0 || each > ' ') {
        return false;
      }
    }
    return true;
  }
}
