package io.headwater.ps.server;

import io.headwater.ps.codec.ChunkDecoders;
import io.headwater.ps.protocol.ChunkFrame;
import io.headwater.ps.protocol.ShardRange;
import io.headwater.ps.transport.SharedVectors;
import java.util.function.Consumer;

/**
 * The elements of the pushed chunk at hand, wherever they are: in its frame, as they are or
 * encoded, or in a worker's shared vector. For one thread.
 */
final class PushedElements implements Consumer<float[]>, AutoCloseable {
  private final ShardRange range;
  private final SharedVectors shared;
  private final ChunkDecoders decoders = new ChunkDecoders();
  private ChunkFrame push;

  /**
   * @param elements of a worker's shared vector: the whole gradient
   */
  PushedElements(ShardRange range, long elements) {
    this.range = range;
    shared = new SharedVectors(elements);
  }

  /** Turns to a push, valid as long as its frame is. */
  void wrap(ChunkFrame of) {
    push = of;
  }

  /** Whether the shared vector that the push names, if it does, can be read here. */
  boolean isReachable() {
    return push.vector() == 0 || shared.find(push.vector()) != null;
  }

  /** Whether the payload is what its codec writes for so many elements. */
  boolean isDecodable() {
    return push.codec() == ChunkFrame.FLOAT32
        || decoders
            .of(push.codec())
            .isValid(push.buffer(), push.payloadOffset(), push.payloadLength(), push.count());
  }

  /** Reads all of them. */
  @Override
  public void accept(float[] into) {
    if (push.vector() != 0) {
      shared.find(push.vector()).read(range.chunkFrom(push.chunk()), into, 0, push.count());
    } else if (push.codec() == ChunkFrame.FLOAT32) {
      push.read(into);
    } else {
      decoders
          .of(push.codec())
          .decode(push.buffer(), push.payloadOffset(), push.payloadLength(), into, push.count());
    }
  }

  @Override
  public void close() {
    shared.close();
  }
}
