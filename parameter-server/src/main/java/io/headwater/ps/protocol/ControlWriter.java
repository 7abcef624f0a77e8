package io.headwater.ps.protocol;

import java.nio.charset.StandardCharsets;
import org.agrona.ExpandableArrayBuffer;

/** Appends the fields of a control message, little-endian, without names or padding. */
final class ControlWriter {
  private final ExpandableArrayBuffer buffer;
  private int position;

  ControlWriter(ExpandableArrayBuffer buffer, int position) {
    this.buffer = buffer;
    this.position = position;
  }

  int position() {
    return position;
  }

  ControlWriter bool(boolean value) {
    buffer.putByte(position++, (byte) (value ? 1 : 0));
    return this;
  }

  ControlWriter int32(int value) {
    buffer.putInt(position, value);
    position += Integer.BYTES;
    return this;
  }

  ControlWriter int64(long value) {
    buffer.putLong(position, value);
    position += Long.BYTES;
    return this;
  }

  ControlWriter float32(float value) {
    return int32(Float.floatToRawIntBits(value));
  }

  ControlWriter float64(double value) {
    return int64(Double.doubleToRawLongBits(value));
  }

  /** Length in bytes, then UTF-8. */
  ControlWriter text(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    int32(bytes.length);
    buffer.putBytes(position, bytes);
    position += bytes.length;
    return this;
  }
}
