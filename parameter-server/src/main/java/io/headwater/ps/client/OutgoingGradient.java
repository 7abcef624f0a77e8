package io.headwater.ps.client;

import io.headwater.ps.codec.ChunkEncoder;
import io.headwater.ps.codec.Codec;
import io.headwater.ps.codec.EncodedPush;
import io.headwater.ps.protocol.ChunkFrame;
import io.headwater.ps.protocol.PushName;
import io.headwater.ps.protocol.ShardRange;
import org.agrona.CloseHelper;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A gradient on its way to all replicas of one shard, which get the same bytes, as often as they
 * ask: a lossy codec encodes each chunk once. For one thread.
 */
final class OutgoingGradient implements AutoCloseable {
  private final PushBuffer gradients;
  private final ShardRange range;
  private final int shard;
  private final int codec;
  private final EncodedPush encoded; // null: chunks go as they are
  private final UnsafeBuffer source = new UnsafeBuffer(0, 0);

  /**
   * @param encoder null if chunks go as they are
   */
  OutgoingGradient(PushBuffer gradients, int shard, ShardRange range, ChunkEncoder encoder) {
    this.gradients = gradients;
    this.shard = shard;
    this.range = range;
    codec = encoder == null ? Codec.FLOAT32.number() : encoder.codec().number();
    encoded = encoder == null ? null : new EncodedPush(encoder, range);
  }

  /** Another gradient is there, and whole. */
  void begin() {
    if (encoded != null) {
      encoded.begin();
    }
  }

  ShardRange range() {
    return range;
  }

  /**
   * Bytes of the frame of a chunk.
   *
   * @param local whether the receiver reads this process's shared memory
   */
  int frameLength(int chunk, boolean local) {
    if (isShared(local)) {
      return ChunkFrame.HEADER_LENGTH;
    }
    return ChunkFrame.HEADER_LENGTH
        + (isEncoded(chunk) ? encoded.length(chunk) : Float.BYTES * range.chunkCount(chunk));
  }

  private boolean isShared(boolean local) {
    return local && encoded == null && gradients.sharedId() != 0;
  }

  // A chunk with an infinite element goes as it is, so that the shard sees what is in it.
  private boolean isEncoded(int chunk) {
    return encoded != null && encoded.encode(gradients.vector(), chunk) != ChunkEncoder.NOT_FINITE;
  }

  /** Writes the frame of a chunk. */
  void write(int chunk, boolean local, PushName name, MutableDirectBuffer into, int offset) {
    int count = range.chunkCount(chunk);
    int payload = offset + ChunkFrame.HEADER_LENGTH;
    if (isShared(local)) {
      ChunkFrame.putSharedPush(into, offset, name, shard, chunk, count, gradients.sharedId());
    } else if (isEncoded(chunk)) {
      encoded.copy(chunk, into, payload);
      ChunkFrame.putPush(into, offset, name, shard, chunk, count, codec, encoded.length(chunk));
    } else {
      int bytes = Float.BYTES * count;
      source.wrap(gradients.vector().address() + Float.BYTES * range.chunkFrom(chunk), bytes);
      into.putBytes(payload, source, 0, bytes);
      ChunkFrame.putPush(into, offset, name, shard, chunk, count, Codec.FLOAT32.number(), bytes);
    }
  }

  @Override
  public void close() {
    CloseHelper.quietClose(encoded);
  }
}
