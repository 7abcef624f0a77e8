package io.headwater.corpus.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Lines of bytes, without their ends (LF or CR LF). */
final class Lines {
  private static final int BLOCK = 1 << 16;

  private final InputStream in;
  private final Tally tally;
  private final byte[] block = new byte[BLOCK];
  private int at;
  private int limit;
  private long number;

  Lines(InputStream in, Tally tally) {
    this.in = in;
    this.tally = tally;
  }

  /** The next line; null at the end. */
  byte[] next() throws IOException {
    if (at == limit && !fill()) {
      return null;
    }
    number++;
    int end = lineEnd();
    if (end < limit) {
      byte[] line = withoutReturn(Arrays.copyOfRange(block, at, end));
      at = end + 1;
      return line;
    }
    return longLine();
  }

  /** A line that goes on beyond the block. */
  private byte[] longLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(2 * BLOCK);
    do {
      int end = lineEnd();
      DocumentReader.checkSize((long) line.size() + end - at, tally);
      line.write(block, at, end - at);
      at = end;
      if (end < limit) {
        at++;
        break;
      }
    } while (fill());
    return withoutReturn(line.toByteArray());
  }

  private int lineEnd() {
    int end = at;
    while (end < limit && block[end] != '\n') {
      end++;
    }
    return end;
  }

  /** From 1: the number of the line that {@link #next} gave last. */
  long number() {
    return number;
  }

  private boolean fill() throws IOException {
    at = 0;
    limit = Math.max(0, in.read(block, 0, block.length));
    return limit > 0;
  }

  private static byte[] withoutReturn(byte[] line) {
    int last = line.length - 1;
    return last >= 0 && line[last] == '\r' ? Arrays.copyOf(line, last) : line;
  }
}
