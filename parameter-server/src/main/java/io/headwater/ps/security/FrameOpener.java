package io.headwater.ps.security;

import org.agrona.DirectBuffer;

/** Checks the frames of one sender on one stream. For one thread. */
final class FrameOpener {
  private final FrameCipher cipher;
  private final ReplayWindow window;
  private DirectBuffer clear;
  private DirectBuffer retractedFrom;
  private int retractedOffset;
  private long sequence;

  FrameOpener(FrameMode mode, StreamKey key, long floor) {
    cipher = FrameCipher.of(mode, key);
    window = new ReplayWindow(floor);
  }

  /** What is to be said of a frame whose last {@code TRAILER_LENGTH} bytes are a trailer. */
  FrameVerdict open(DirectBuffer buffer, int offset, int length) {
    int trailer = offset + length - FrameCipher.TRAILER_LENGTH;
    long number = buffer.getLong(trailer + FrameCipher.SEQUENCE);
    boolean again = retractedFrom == buffer && retractedOffset == offset && number == sequence;
    retractedFrom = null;
    if (!window.isNew(number)) {
      return FrameVerdict.REPLAYED;
    }
    if (!again) {
      clear = cipher.open(buffer, offset, trailer - offset, number);
      if (clear == null) {
        return FrameVerdict.FORGED;
      }
    }
    window.mark(number);
    sequence = number;
    return FrameVerdict.GENUINE;
  }

  /** Where the frame that was found genuine last can be read. */
  DirectBuffer clear() {
    return clear;
  }

  int clearOffset(int offset) {
    return cipher.clearOffset(offset);
  }

  /**
   * The frame found genuine last was not taken: it is handed in again, from the same place, and not
   * computed again.
   */
  void retract(DirectBuffer buffer, int offset) {
    window.unmark(sequence);
    retractedFrom = buffer;
    retractedOffset = offset;
  }
}
