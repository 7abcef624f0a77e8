package io.headwater.model.fasttext;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Numbers and texts for C programs. */
final class LittleEndianOutput {
  private final OutputStream out;

  LittleEndianOutput(OutputStream out) {
    this.out = out;
  }

  void int8(int value) throws IOException {
    out.write(value);
  }

  void int32(int value) throws IOException {
    out.write(bytes(Integer.BYTES).putInt(value).array());
  }

  void int64(long value) throws IOException {
    out.write(bytes(Long.BYTES).putLong(value).array());
  }

  void float64(double value) throws IOException {
    out.write(bytes(Double.BYTES).putDouble(value).array());
  }

  void floats(float[] values) throws IOException {
    ByteBuffer bytes = bytes(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    out.write(bytes.array());
  }

  /** With a zero after it. */
  void text(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.write(0);
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
  }
}
