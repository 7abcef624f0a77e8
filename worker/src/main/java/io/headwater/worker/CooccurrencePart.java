package io.headwater.worker;

import io.headwater.checkpoint.CheckpointException;
import io.headwater.checkpoint.Storage;
import io.headwater.model.glove.Cooccurrence;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Some co-occurrences in a file of their own: little-endian int64, two for each {@link
 * Cooccurrence}.
 *
 * @param location of the file, a path or Hadoop URI
 * @param entries in it
 */
public record CooccurrencePart(String location, long entries) implements Serializable {
  /** Writes the file. */
  public static CooccurrencePart write(String location, long[] entries, int count) {
    int longs = count * Cooccurrence.LONGS;
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(longs, Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(entries, 0, longs);
    try (OutputStream out = Storage.write(location)) {
      out.write(bytes.array());
    } catch (IOException e) {
      throw new CheckpointException("Cannot write " + location + ": " + e.getMessage(), e);
    }
    return new CooccurrencePart(location, count);
  }

  /** Reads the file. */
  long[] read() {
    try (InputStream in = Storage.read(location)) {
      byte[] bytes = in.readAllBytes();
      long[] entries = new long[bytes.length / Long.BYTES];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(entries);
      return entries;
    } catch (IOException e) {
      throw new CheckpointException("Cannot read " + location + ": " + e.getMessage(), e);
    }
  }
}
