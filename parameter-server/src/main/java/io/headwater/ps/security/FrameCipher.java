package io.headwater.ps.security;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Protects frames under one key. For one thread.
 *
 * <p>A protected frame is the frame, in the clear or encrypted, and a trailer:
 *
 * <pre>
 *  0 tag, 16 bytes   16 i64 key id   24 i64 sequence
 * </pre>
 */
abstract class FrameCipher {
  static final int TAG_LENGTH = 16;
  static final int KEY_ID = 16;
  static final int SEQUENCE = 24;
  static final int TRAILER_LENGTH = 32;

  static FrameCipher of(FrameMode mode, StreamKey key) {
    return switch (mode) {
      case AUTHENTICATE -> new HmacFrameCipher(key);
      case ENCRYPT -> new GcmFrameCipher(key);
      case NONE -> throw new IllegalArgumentException("Cannot protect frames by mode none");
    };
  }

  /** Protects {@code length} bytes in place and writes the trailer behind them. */
  abstract void seal(MutableDirectBuffer buffer, int offset, int length, long sequence);

  /**
   * Checks a frame of {@code length} bytes before the trailer; leaves the buffer as it is.
   *
   * @return where the readable frame is, from {@link #clearOffset} on, or null if it was forged
   */
  abstract DirectBuffer open(DirectBuffer buffer, int offset, int length, long sequence);

  /** Where the frame that {@link #open} returned for {@code offset} begins. */
  abstract int clearOffset(int offset);
}
