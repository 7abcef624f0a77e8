package io.headwater.ps.codec;

import io.headwater.checkpoint.FlatVector;
import io.headwater.ps.protocol.ShardRange;
import java.util.Arrays;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The bytes of one gradient's chunks for one shard: each is encoded once, as soon as its elements
 * are there, and kept, so that it can be sent again without {@link ErrorFeedback} counting it
 * twice. For one thread; the memory is outside the heap and serves one push after another.
 */
public final class EncodedPush implements AutoCloseable {
  private final ChunkEncoder encoder;
  private final ShardRange range;
  private final int slot; // bytes of the largest chunk
  private final FlatVector memory;
  private final UnsafeBuffer bytes = new UnsafeBuffer(0, 0);
  private final int[] lengths;

  public EncodedPush(ChunkEncoder encoder, ShardRange range) {
    this.encoder = encoder;
    this.range = range;
    slot = encoder.length(range.chunkElements());
    memory = FlatVector.allocate(((long) slot * range.chunks() + Float.BYTES - 1) / Float.BYTES);
    lengths = new int[range.chunks()];
  }

  /** Forgets all chunks: those of another gradient follow. */
  public void begin() {
    Arrays.fill(lengths, 0);
  }

  /**
   * Encodes a chunk of a gradient, unless that was done before.
   *
   * @return its number of bytes or {@link ChunkEncoder#NOT_FINITE}, as {@link #length} does from
   *     now on
   */
  public int encode(FlatVector gradient, int chunk) {
    if (lengths[chunk] == 0) {
      bytes.wrap(memory.address() + (long) slot * chunk, slot);
      lengths[chunk] =
          encoder.encode(gradient, range.chunkFrom(chunk), range.chunkCount(chunk), bytes, 0);
    }
    return lengths[chunk];
  }

  /**
   * Bytes of a chunk; 0 if it is not encoded yet; {@link ChunkEncoder#NOT_FINITE} if it cannot be,
   * and its elements should travel as they are.
   */
  public int length(int chunk) {
    return lengths[chunk];
  }

  /** Copies the bytes of an encoded chunk, as often as they are wanted. */
  public void copy(int chunk, MutableDirectBuffer into, int index) {
    int length = lengths[chunk];
    if (length <= 0) {
      throw new IllegalStateException("Cannot send chunk " + chunk + ": it is not encoded");
    }
    bytes.wrap(memory.address() + (long) slot * chunk, slot);
    into.putBytes(index, bytes, 0, length);
  }

  @Override
  public void close() {
    memory.close();
  }
}
