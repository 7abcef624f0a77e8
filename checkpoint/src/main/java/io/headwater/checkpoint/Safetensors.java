package io.headwater.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/** A safetensors file, open for reading; tensors are read range by range, never whole. */
final class Safetensors implements AutoCloseable {
  private static final int BLOCK = 1 << 18; // bytes

  private final Path file;
  private final FSDataInputStream in;
  private final SafetensorsHeader header;
  private final long data; // offset of the first tensor's bytes
  private final byte[] buffer = new byte[BLOCK];

  private Safetensors(Path file, FSDataInputStream in, SafetensorsHeader header, long data) {
    this.file = file;
    this.in = in;
    this.header = header;
    this.data = data;
  }

  /**
   * Opens a file and checks its header against its length.
   *
   * @throws UserException if it is not a sound safetensors file
   */
  static Safetensors open(Path file) {
    Storage storage = Storage.of(file);
    long size = storage.size(file);
    if (size < 0) {
      throw new UserException("Cannot read " + file + ": there is no such file");
    }
    FSDataInputStream in = storage.open(file);
    boolean opened = false;
    try {
      byte[] first8 = new byte[8];
      if (size < first8.length) {
        throw new SafetensorsHeader.InvalidHeader(
            "it has " + size + " bytes (not a safetensors file, or cut short)");
      }
      readFully(file, in, 0, first8, first8.length);
      byte[] json = new byte[SafetensorsHeader.length(first8, size)];
      readFully(file, in, 8, json, json.length);
      long data = 8L + json.length;
      SafetensorsHeader header = SafetensorsHeader.parse(json, size - data);
      opened = true;
      return new Safetensors(file, in, header, data);
    } catch (SafetensorsHeader.InvalidHeader e) {
      throw new UserException("Cannot read " + file + ": " + e.getMessage(), e);
    } finally {
      if (!opened) {
        closeQuietly(in);
      }
    }
  }

  /** In the order of their bytes. */
  List<SafetensorsHeader.Tensor> tensors() {
    return header.tensors();
  }

  Map<String, String> metadata() {
    return header.metadata();
  }

  SafetensorsHeader.Tensor tensor(String name) {
    return tensors().stream()
        .filter(tensor -> tensor.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    "Cannot read tensor "
                        + name
                        + " of "
                        + file
                        + ": it holds "
                        + tensors().stream().map(SafetensorsHeader.Tensor::name).toList()));
  }

  /** Copies {@code count} elements of a float32 tensor from its element {@code from} on. */
  void read(SafetensorsHeader.Tensor tensor, long from, float[] into, int offset, int count) {
    requireFloat32(tensor);
    Objects.checkFromIndexSize(from, count, tensor.elements());
    readData(tensor.begin() / Float.BYTES + from, into, offset, count);
  }

  /** As {@link #read}, of any type that widens to float32. */
  void readWidened(
      SafetensorsHeader.Tensor tensor, long from, float[] into, int offset, int count) {
    FloatType type =
        FloatType.named(tensor.dtype())
            .orElseThrow(() -> wrongType(tensor, Arrays.toString(FloatType.values())));
    Objects.checkFromIndexSize(from, count, tensor.elements());
    Objects.checkFromIndexSize(offset, count, into.length);
    long position = data + tensor.begin() + from * type.bytes();
    for (int done = 0; done < count; ) {
      int elements = Math.min(count - done, BLOCK / type.bytes());
      int bytes = elements * type.bytes();
      readFully(file, in, position, buffer, bytes);
      type.widen(
          ByteBuffer.wrap(buffer, 0, bytes).order(ByteOrder.LITTLE_ENDIAN),
          into,
          offset + done,
          elements);
      position += bytes;
      done += elements;
    }
  }

  /** Fails unless every tensor is float32: only then is the data section one flat vector. */
  void requireFloat32() {
    tensors().forEach(this::requireFloat32);
  }

  /** Elements of the whole data section, taken as one float32 vector. */
  long elements() {
    return tensors().stream().mapToLong(SafetensorsHeader.Tensor::elements).sum();
  }

  /** Copies {@code count} elements of the data section, taken as one float32 vector. */
  void readData(long from, float[] into, int offset, int count) {
    Objects.checkFromIndexSize(offset, count, into.length);
    long position = data + from * Float.BYTES;
    for (int done = 0; done < count; ) {
      int elements = Math.min(count - done, BLOCK / Float.BYTES);
      int bytes = elements * Float.BYTES;
      readFully(file, in, position, buffer, bytes);
      ByteBuffer.wrap(buffer, 0, bytes)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(into, offset + done, elements);
      position += bytes;
      done += elements;
    }
  }

  @Override
  public void close() {
    closeQuietly(in);
  }

  private static void readFully(
      Path file, FSDataInputStream in, long position, byte[] into, int count) {
    Storage.call(
        "read",
        file,
        () -> {
          in.readFully(position, into, 0, count);
          return null;
        });
  }

  private void requireFloat32(SafetensorsHeader.Tensor tensor) {
    if (!tensor.dtype().equals("F32")) {
      throw wrongType(tensor, "F32");
    }
  }

  private UserException wrongType(SafetensorsHeader.Tensor tensor, String valid) {
    return new UserException(
        "Cannot read tensor "
            + tensor.name()
            + " of "
            + file
            + ": its type is "
            + tensor.dtype()
            + " (must be "
            + valid
            + ")");
  }

  private static void closeQuietly(FSDataInputStream in) {
    try {
      in.close();
    } catch (IOException e) {
      // Everything that was asked for has been read; nothing can be lost here.
    }
  }
}
