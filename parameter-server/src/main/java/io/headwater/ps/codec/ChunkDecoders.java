package io.headwater.ps.codec;

import org.agrona.collections.Int2ObjectHashMap;

/** A decoder of each codec that comes along, for one thread. */
public final class ChunkDecoders {
  private final Int2ObjectHashMap<ChunkCodec> open = new Int2ObjectHashMap<>();

  /**
   * @param codec number of a {@link Codec}
   */
  public ChunkCodec of(int codec) {
    return open.computeIfAbsent(
        codec,
        number ->
            Codec.numbered(number)
                .orElseThrow(() -> new IllegalArgumentException("Cannot decode codec " + number))
                .open());
  }
}
