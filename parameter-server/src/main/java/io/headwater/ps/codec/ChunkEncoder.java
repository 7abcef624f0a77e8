package io.headwater.ps.codec;

import io.headwater.checkpoint.FlatVector;
import org.agrona.MutableDirectBuffer;

/** Encodes chunks of a flat vector. */
public interface ChunkEncoder {
  /**
   * Returned for a chunk that the codec cannot encode: it has an infinite element or a NaN, or so
   * large ones that their sum overflows.
   */
  int NOT_FINITE = -1;

  /** What the bytes are. */
  Codec codec();

  /** Bytes of {@code count} elements, which are never more. */
  int length(int count);

  /**
   * Encodes elements {@code first} to {@code first + count - 1}.
   *
   * @return the number of bytes, {@link #length(int)}; or {@link #NOT_FINITE}: then no byte counts,
   *     and the chunk should travel as float32, so that its receiver sees what is in it
   */
  int encode(FlatVector from, long first, int count, MutableDirectBuffer into, int index);
}
