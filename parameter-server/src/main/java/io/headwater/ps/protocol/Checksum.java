package io.headwater.ps.protocol;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A 64-bit hash that finds damaged frames: xor and multiply over little-endian words, no secret, so
 * it is no protection against forgery.
 */
final class Checksum {
  private static final long PRIME = 0x9E3779B97F4A7C15L;
  private static final long SEED = 0x48656164_77617465L;

  private Checksum() {}

  static long of(DirectBuffer buffer, int offset, int length) {
    long hash = SEED ^ length;
    int end = offset + length;
    int i = offset;
    for (; i + Long.BYTES <= end; i += Long.BYTES) {
      hash = mix(hash, buffer.getLong(i));
    }
    for (; i < end; i++) {
      hash = mix(hash, buffer.getByte(i));
    }
    return hash;
  }

  /**
   * The hash of a chunk: as above, in four independent lanes, for speed. A change within one word
   * is always found.
   */
  static int ofPayload(DirectBuffer buffer, int offset, int length) {
    buffer.boundsCheck(offset, length);
    byte[] array = buffer.byteArray();
    long at = buffer.addressOffset() + offset;
    long whole = at + (length & -32);
    long a = SEED ^ length;
    long b = PRIME;
    long c = ~SEED;
    long d = ~PRIME;
    for (; at < whole; at += 32) {
      a = mix(a, UnsafeApi.getLong(array, at));
      b = mix(b, UnsafeApi.getLong(array, at + 8));
      c = mix(c, UnsafeApi.getLong(array, at + 16));
      d = mix(d, UnsafeApi.getLong(array, at + 24));
    }
    long end = buffer.addressOffset() + offset + length;
    for (; at < end; at++) {
      a = mix(a, UnsafeApi.getByte(array, at));
    }
    long hash = mix(mix(mix(a, b), c), d);
    return (int) (hash ^ (hash >>> 32));
  }

  static long of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return of(new UnsafeBuffer(bytes), 0, bytes.length);
  }

  static long mix(long hash, long word) {
    long mixed = (hash ^ word) * PRIME;
    return mixed ^ (mixed >>> 32);
  }
}
