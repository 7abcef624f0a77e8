package io.headwater.ps.security;

import java.util.concurrent.atomic.AtomicLong;
import org.agrona.MutableDirectBuffer;

/**
 * Protects what one thread sends on one stream; the counter may be shared with other streams of the
 * sender.
 */
public final class FrameSealer {
  /** Bytes that a protected frame needs behind it. */
  public static final int TRAILER_LENGTH = FrameCipher.TRAILER_LENGTH;

  private final FrameCipher cipher;
  private final AtomicLong sequence;

  FrameSealer(FrameMode mode, StreamKey key, AtomicLong sequence) {
    this.cipher = FrameCipher.of(mode, key);
    this.sequence = sequence;
  }

  /**
   * Protects a frame in place and writes {@link #TRAILER_LENGTH} bytes behind it.
   *
   * @return length of the protected frame
   */
  public int seal(MutableDirectBuffer buffer, int offset, int length) {
    cipher.seal(buffer, offset, length, sequence.incrementAndGet());
    return length + TRAILER_LENGTH;
  }
}
