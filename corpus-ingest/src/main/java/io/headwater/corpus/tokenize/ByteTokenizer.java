package io.headwater.corpus.tokenize;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.function.IntPredicate;

/** Each byte of UTF-8 is its own id; 256 ends a document. */
final class ByteTokenizer implements Tokenizer {
  static final int END_OF_TEXT = 256;

  private static final byte[] LITERAL = EndOfText.utf8(EndOfText.CONTENT);
  private static final Utf8Progress PROGRESS =
      new Utf8Progress(id -> id < END_OF_TEXT ? new byte[] {(byte) id} : null);

  @Override
  public int[] encode(String text) {
    return encodeUtf8(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public int[] encodeUtf8(byte[] text) {
    Ids ids = new Ids(text.length);
    int at = 0;
    while (at < text.length) {
      int literal = EndOfText.indexIn(text, at, LITERAL);
      for (; at < literal; at++) {
        ids.add(text[at] & 0xFF);
      }
      if (literal < text.length) {
        ids.add(END_OF_TEXT);
        at += LITERAL.length;
      }
    }
    return ids.toArray();
  }

  @Override
  public String decode(int[] ids) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(ids.length);
    for (int id : ids) {
      if (id != END_OF_TEXT) {
        bytes.write(id);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Override
  public IntPredicate following(int[] ids) {
    return PROGRESS.after(ids);
  }

  @Override
  public int whole(int[] ids) {
    return PROGRESS.whole(ids);
  }

  @Override
  public int vocabularySize() {
    return END_OF_TEXT + 1;
  }

  @Override
  public OptionalInt endOfText() {
    return OptionalInt.of(END_OF_TEXT);
  }

  @Override
  public byte[] json() {
    return TokenizerJsonWriter.bytes();
  }

  @Override
  public void close() {}
}
