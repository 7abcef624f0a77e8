package io.headwater.ps.sparse;

import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.protocol.DataHeaderFlyweight;
import io.headwater.ps.transport.FrameOutlet;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Frames on their way: some are lost, doubled, late, cut or damaged. */
final class FaultyFrames implements FrameOutlet {
  private static final int WINDOW = 64;

  private final List<UnsafeBuffer> frames = new ArrayList<>();
  private final Random random;
  private final int faultPercent;
  private boolean closed;

  FaultyFrames(Random random, int faultPercent) {
    this.random = random;
    this.faultPercent = faultPercent;
  }

  boolean isEmpty() {
    return frames.isEmpty();
  }

  /** Sends a frame, if there is room. */
  void send(DirectBuffer frame, int length) {
    if (frames.size() >= WINDOW) {
      return;
    }
    UnsafeBuffer copy = new UnsafeBuffer(new byte[length]);
    copy.putBytes(0, frame, 0, length);
    frames.add(copy);
  }

  /** Puts a frame back that could not be dealt with. */
  void putBack(UnsafeBuffer frame) {
    frames.add(0, frame);
  }

  @Override
  public long tryClaim(int length, BufferClaim claim) {
    if (frames.size() >= WINDOW || isFault()) {
      return Publication.BACK_PRESSURED;
    }
    UnsafeBuffer room = new UnsafeBuffer(new byte[DataHeaderFlyweight.HEADER_LENGTH + length]);
    claim.wrap(room, 0, room.capacity());
    frames.add(new UnsafeBuffer(room, DataHeaderFlyweight.HEADER_LENGTH, length));
    return room.capacity();
  }

  @Override
  public boolean isConnected() {
    return true;
  }

  @Override
  public void close() {
    closed = true;
    frames.clear();
  }

  boolean isClosed() {
    return closed;
  }

  /** The next frame to arrive; null if it was lost. */
  UnsafeBuffer next() {
    UnsafeBuffer frame = frames.remove(isFault() ? random.nextInt(frames.size()) : 0);
    if (!isFault()) {
      return frame;
    }
    switch (random.nextInt(5)) {
      case 0 -> frames.add(random.nextInt(frames.size() + 1), frame); // late
      case 1 -> {
        frames.add(random.nextInt(frames.size() + 1), frame); // twice
        return frame;
      }
      case 2 -> {
        int bit = random.nextInt(8 * frame.capacity());
        frame.putByte(bit / 8, (byte) (frame.getByte(bit / 8) ^ 1 << bit % 8));
        return frame;
      }
      case 3 -> {
        return new UnsafeBuffer(frame, 0, random.nextInt(frame.capacity()));
      }
      default -> {}
    }
    return null;
  }

  private boolean isFault() {
    return random.nextInt(100) < faultPercent;
  }
}
