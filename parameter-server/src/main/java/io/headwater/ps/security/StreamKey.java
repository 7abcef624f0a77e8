package io.headwater.ps.security;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The key of what one sender writes to one stream.
 *
 * @param id public: written in each frame, so that receivers find the key
 * @param key 32 secret bytes
 */
record StreamKey(long id, byte[] key) {
  private static final int KEY_BYTES = 32;

  /** HKDF's second half: the key of stream number {@code stream}. */
  static StreamKey derive(byte[] pseudorandomKey, String purpose, byte[] context, int stream) {
    byte[] label = purpose.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer info = ByteBuffer.allocate(label.length + 1 + context.length + Integer.BYTES);
    info.put(label).put((byte) 0).put(context).putInt(stream);
    byte[] output = Hkdf.expand(pseudorandomKey, info.array(), KEY_BYTES + Long.BYTES);
    long id = ByteBuffer.wrap(output, KEY_BYTES, Long.BYTES).getLong();
    return new StreamKey(id, Arrays.copyOf(output, KEY_BYTES));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StreamKey that && id == that.id && Arrays.equals(key, that.key);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(id);
  }

  @Override
  public String toString() {
    return "StreamKey[" + Long.toHexString(id) + "]";
  }
}
