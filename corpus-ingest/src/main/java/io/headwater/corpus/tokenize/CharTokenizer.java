package io.headwater.corpus.tokenize;

import io.headwater.checkpoint.UserException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.OptionalInt;

/** One id for each character (code point) of the corpus, in code point order. */
final class CharTokenizer implements Tokenizer {

  private final int[] codePoints; // sorted; the id is the index
  private final int[] idOf; // by code point, -1 where the vocabulary has none
  private final boolean endsDocuments;

  /** The vocabulary of a set of code points, and after them an end of text where asked. */
  CharTokenizer(BitSet characters, boolean endsDocuments) {
    this.codePoints = characters.stream().toArray();
    this.idOf = new int[characters.length()];
    this.endsDocuments = endsDocuments;
    Arrays.fill(idOf, -1);
    for (int id = 0; id < codePoints.length; id++) {
      idOf[codePoints[id]] = id;
    }
  }

  @Override
  public int[] encode(String text) {
    Ids ids = new Ids(text.length());
    int at = 0;
    while (at < text.length()) {
      int literal = endsDocuments ? text.indexOf(EndOfText.CONTENT, at) : -1;
      int until = literal < 0 ? text.length() : literal;
      while (at < until) {
        int codePoint = text.codePointAt(at);
        ids.add(idOf(codePoint));
        at += Character.charCount(codePoint);
      }
      if (literal >= 0) {
        ids.add(codePoints.length);
        at += EndOfText.CONTENT.length();
      }
    }
    return ids.toArray();
  }

  @Override
  public int[] encodeUtf8(byte[] text) {
    return encode(new String(text, StandardCharsets.UTF_8));
  }

  private int idOf(int codePoint) {
    int id = codePoint < idOf.length ? idOf[codePoint] : -1;
    if (id < 0) {
      throw new UserException(
          String.format(
              "Cannot encode the character U+%04X: it is not among the %d characters of the"
                  + " vocabulary",
              codePoint, codePoints.length));
    }
    return id;
  }

  @Override
  public String decode(int[] ids) {
    StringBuilder text = new StringBuilder(ids.length);
    for (int id : ids) {
      if (id < codePoints.length) {
        text.appendCodePoint(codePoints[id]);
      } else if (id >= vocabularySize()) {
        throw new IllegalArgumentException("id " + id + " of " + vocabularySize());
      }
    }
    return text.toString();
  }

  @Override
  public int vocabularySize() {
    return codePoints.length + (endsDocuments ? 1 : 0);
  }

  @Override
  public OptionalInt endOfText() {
    return EndOfText.optional(endsDocuments ? codePoints.length : -1);
  }

  @Override
  public byte[] json() {
    return TokenizerJsonWriter.characters(codePoints, endsDocuments);
  }

  @Override
  public void close() {}
}
