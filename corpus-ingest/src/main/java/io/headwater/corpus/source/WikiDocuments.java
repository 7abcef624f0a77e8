package io.headwater.corpus.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** WikiExtractor's output: the lines between {@code <doc ...>} and {@code </doc>}. */
final class WikiDocuments implements Documents {
  static final byte[] OPEN = "<doc ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CLOSE = "</doc>".getBytes(StandardCharsets.US_ASCII);

  private final Lines lines;
  private final Tally tally;

  WikiDocuments(InputStream in, Tally tally) {
    this.lines = new Lines(in, tally);
    this.tally = tally;
  }

  @Override
  public byte[] next() throws IOException {
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      if (startsWith(line, OPEN)) {
        byte[] document = tally.document(body());
        if (document != null) {
          return document;
        }
      } else if (!TextDocuments.isBlank(line)) {
        throw tally.refused("line " + lines.number() + " stands outside <doc ...> and </doc>");
      }
    }
    return null;
  }

  private byte[] body() throws IOException {
    long opened = lines.number();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      if (startsWith(line, CLOSE)) {
        return body.toByteArray();
      }
      TextDocuments.append(body, line, tally);
    }
    throw tally.refused("the <doc ...> of line " + opened + " is never closed");
  }

  static boolean startsWith(byte[] line, byte[] prefix) {
    return line.length >= prefix.length
        && Arrays.equals(line, 0, prefix.length, prefix, 0, prefix.length);
  }
}
