package io.headwater.worker;

import io.headwater.checkpoint.CheckpointException;
import io.headwater.checkpoint.Storage;
import io.headwater.model.embedding.WordSequence;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A part of a text as word numbers, in a file of its own: little-endian int32, {@link
 * WordSequence#SENTENCE_END} after each sentence.
 *
 * @param location of the file, a path or Hadoop URI
 * @param words in it, without the ends of sentences
 */
public record TextPart(String location, long words) implements Serializable {
  /** Writes the file. */
  public static TextPart write(String location, int[] numbers, int count) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(count, Integer.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(numbers, 0, count);
    try (OutputStream out = Storage.write(location)) {
      out.write(bytes.array());
    } catch (IOException e) {
      throw new CheckpointException("Cannot write " + location + ": " + e.getMessage(), e);
    }
    long words = 0;
    for (int i = 0; i < count; i++) {
      words += numbers[i] == WordSequence.SENTENCE_END ? 0 : 1;
    }
    return new TextPart(location, words);
  }

  /** Reads the file. */
  WordSequence read() {
    try (InputStream in = Storage.read(location)) {
      byte[] bytes = in.readAllBytes();
      int[] numbers = new int[bytes.length / Integer.BYTES];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(numbers);
      return WordSequence.of(numbers);
    } catch (IOException e) {
      throw new CheckpointException("Cannot read " + location + ": " + e.getMessage(), e);
    }
  }
}
