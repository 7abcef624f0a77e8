package io.headwater.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;

/** A file under construction that knows its length and SHA-256, and is on the disk once closed. */
final class HashedOutput implements AutoCloseable {
  static final int BLOCK = 1 << 16; // elements

  private final Path file;
  private final FSDataOutputStream out;
  private final MessageDigest digest = Sha256.digest();
  private final ByteBuffer bytes =
      ByteBuffer.allocate(BLOCK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private long written;

  HashedOutput(Path file, FSDataOutputStream out) {
    this.file = file;
    this.out = out;
  }

  void write(byte[] source, int offset, int count) {
    digest.update(source, offset, count);
    written += count;
    Storage.call(
        "write",
        file,
        () -> {
          out.write(source, offset, count);
          return null;
        });
  }

  void write(byte[] source) {
    write(source, 0, source.length);
  }

  /** Elements [from, to) of a flat vector, as little-endian float32. */
  void write(BlockSource source, long from, long to) {
    float[] block = new float[(int) Math.min(BLOCK, Math.max(0, to - from))];
    for (long next = from; next < to; next += block.length) {
      int count = (int) Math.min(block.length, to - next);
      source.read(next, block, 0, count);
      bytes.clear();
      bytes.asFloatBuffer().put(block, 0, count);
      write(bytes.array(), 0, count * Float.BYTES);
    }
  }

  /** Length and hash of what was written so far, under a name relative to the checkpoint. */
  FileEntry entry(String path) {
    return new FileEntry(path, written, Sha256.hex(digest));
  }

  @Override
  public void close() {
    Storage.call(
        "write",
        file,
        () -> {
          try (out) {
            out.flush();
            if (out.hasCapability(StreamCapabilities.HSYNC)) {
              out.hsync();
            }
          }
          return null;
        });
  }
}
