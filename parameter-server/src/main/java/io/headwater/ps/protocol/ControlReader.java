package io.headwater.ps.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/**
 * Reads the fields of a control message; allocates no more than the message has bytes, whatever
 * lengths it claims.
 */
final class ControlReader {
  private final DirectBuffer buffer;
  private final int end;
  private int position;

  ControlReader(DirectBuffer buffer, int offset, int length) {
    this.buffer = buffer;
    this.position = offset;
    this.end = offset + length;
  }

  boolean bool() {
    byte value = buffer.getByte(take(1));
    if (value != 0 && value != 1) {
      throw new MalformedMessageException("flag " + value);
    }
    return value == 1;
  }

  int int32() {
    return buffer.getInt(take(Integer.BYTES));
  }

  long int64() {
    return buffer.getLong(take(Long.BYTES));
  }

  float float32() {
    return Float.intBitsToFloat(int32());
  }

  double float64() {
    return Double.longBitsToDouble(int64());
  }

  String text() {
    byte[] bytes = new byte[count(1)];
    buffer.getBytes(take(bytes.length), bytes);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedMessageException("text is not UTF-8");
    }
  }

  /** A number of items of at least {@code itemBytes} each, which must all follow. */
  int count(int itemBytes) {
    int count = int32();
    if (count < 0 || (long) count * itemBytes > end - position) {
      throw new MalformedMessageException("count " + count);
    }
    return count;
  }

  void finish() {
    if (position != end) {
      throw new MalformedMessageException((end - position) + " bytes too many");
    }
  }

  private int take(int bytes) {
    if (bytes > end - position) {
      throw new MalformedMessageException("truncated");
    }
    int at = position;
    position += bytes;
    return at;
  }
}
