package io.headwater.ps.transport;

import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.protocol.DataHeaderFlyweight;
import io.aeron.protocol.HeaderFlyweight;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Aeron's frames as they lie one after another in what is sent or received at once.
 *
 * <p>A data frame takes its length rounded up to 32 bytes. A padding frame states how much it pads,
 * but only its header travels; a heartbeat is a data frame of length 0, of which the header travels
 * too.
 */
final class PacketFrames {
  private static final int HEADER = DataHeaderFlyweight.HEADER_LENGTH;
  private static final int ALIGNMENT = 32;

  private PacketFrames() {}

  /** Bytes of the frame at an offset as they travel; all that is left if it is no frame. */
  static int length(UnsafeBuffer buffer, int offset, int end) {
    int left = end - offset;
    if (left < HEADER) {
      return left;
    }
    int stated = FrameDescriptor.frameLength(buffer, offset);
    int length =
        switch (FrameDescriptor.frameType(buffer, offset)) {
          case HeaderFlyweight.HDR_TYPE_PAD -> HEADER;
          case HeaderFlyweight.HDR_TYPE_DATA ->
              stated == 0 ? HEADER : stated < HEADER ? left : BitUtil.align(stated, ALIGNMENT);
          default -> stated;
        };
    return length < HEADER || length > left ? left : length;
  }

  static boolean isData(UnsafeBuffer buffer, int offset, int end) {
    if (end - offset < HEADER) {
      return false;
    }
    int type = FrameDescriptor.frameType(buffer, offset);
    return type == HeaderFlyweight.HDR_TYPE_DATA || type == HeaderFlyweight.HDR_TYPE_PAD;
  }

  /** End of the frames that continue the stream of the frame at an offset without a gap. */
  static int runEnd(UnsafeBuffer buffer, int from, int end) {
    int last = from;
    int to = from + length(buffer, from, end);
    while (to < end && continues(buffer, last, to, end)) {
      last = to;
      to += length(buffer, to, end);
    }
    return to;
  }

  private static boolean continues(UnsafeBuffer buffer, int last, int next, int end) {
    return isData(buffer, next, end)
        && FrameDescriptor.frameType(buffer, last) == HeaderFlyweight.HDR_TYPE_DATA
        && FrameDescriptor.frameLength(buffer, last) > 0
        && FrameDescriptor.frameLength(buffer, next) > 0
        && DataHeaderFlyweight.sessionId(buffer, last)
            == DataHeaderFlyweight.sessionId(buffer, next)
        && DataHeaderFlyweight.streamId(buffer, last) == DataHeaderFlyweight.streamId(buffer, next)
        && DataHeaderFlyweight.termId(buffer, last) == DataHeaderFlyweight.termId(buffer, next)
        && DataHeaderFlyweight.termOffset(buffer, last) + (next - last)
            == DataHeaderFlyweight.termOffset(buffer, next);
  }
}
