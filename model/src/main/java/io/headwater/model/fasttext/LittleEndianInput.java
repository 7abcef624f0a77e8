package io.headwater.model.fasttext;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Numbers and texts of C programs. */
final class LittleEndianInput {
  private final InputStream in;

  LittleEndianInput(InputStream in) {
    this.in = in;
  }

  int int8() throws IOException {
    return bytes(1).get();
  }

  int int32() throws IOException {
    return bytes(Integer.BYTES).getInt();
  }

  long int64() throws IOException {
    return bytes(Long.BYTES).getLong();
  }

  double float64() throws IOException {
    return bytes(Double.BYTES).getDouble();
  }

  float[] floats(int count) throws IOException {
    float[] values = new float[count];
    bytes(count * Float.BYTES).asFloatBuffer().get(values);
    return values;
  }

  /** Up to a zero. */
  String text(int most) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int next = in.read(); next != 0; next = in.read()) {
      if (next < 0) {
        throw new EOFException("it is cut short");
      }
      if (text.size() == most) {
        throw new IOException("a word is longer than " + most + " bytes");
      }
      text.write(next);
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  private ByteBuffer bytes(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("it is cut short");
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
