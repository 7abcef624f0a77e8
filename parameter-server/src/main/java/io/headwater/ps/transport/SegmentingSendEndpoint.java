package io.headwater.ps.transport;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.SendChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends each Aeron frame as a datagram of its own, many of them in one system call.
 *
 * <p>Aeron fills what it sends at once with as many frames as the publication's MTU takes. Here
 * that may be more than the network carries in a datagram: frames of equal length, and a shorter
 * one after them, go to the kernel together, which cuts them apart again, so a lost datagram is one
 * frame. Where a path does not take that (no checksums in hardware, IPsec), frames go one by one.
 *
 * <p>For the media driver's sender thread.
 */
final class SegmentingSendEndpoint extends SendChannelEndpoint {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentingSendEndpoint.class);

  /** Buffers in a row that the kernel did not take while it took their first frame. */
  private static final int REFUSALS = 16;

  private final SocketOffload offload;
  private final UnsafeBuffer frames = new UnsafeBuffer(0, 0);
  private int maxSegments;
  private int segment; // the socket's setting; 0: nothing is cut
  private int refusals;

  /**
   * @param offload null: frames go one by one
   */
  SegmentingSendEndpoint(
      UdpChannel channel,
      AtomicCounter status,
      MediaDriver.Context context,
      SocketOffload offload) {
    super(channel, status, context);
    this.offload = offload;
    this.maxSegments = offload == null ? 1 : SocketOffload.MAX_SEGMENTS;
  }

  @Override
  public int send(ByteBuffer buffer) {
    int start = buffer.position();
    int end = buffer.limit();
    frames.wrap(buffer);
    int from = start;
    while (from < end) {
      int length = PacketFrames.length(frames, from, end);
      int to = runEnd(from, length, end);
      int sent =
          to == from + length ? sendFrame(buffer, from, to) : sendRun(buffer, from, to, length);
      from += sent;
      if (from < to) {
        break; // the socket is full: Aeron sends from the start of the buffer again
      }
    }
    return from - start;
  }

  /** End of the frames of one length from an offset on, and of one shorter frame after them. */
  private int runEnd(int from, int length, int end) {
    int to = from + length;
    for (int count = 1; count < maxSegments && to < end; count++) {
      int next = PacketFrames.length(frames, to, end);
      if (next > length) {
        break;
      }
      to += next;
      if (next < length) {
        break;
      }
    }
    return to;
  }

  private int sendFrame(ByteBuffer buffer, int from, int to) {
    if (segment != 0 && to - from > segment) {
      cutInto(0);
    }
    return sendWhole(buffer, from, to);
  }

  private int sendRun(ByteBuffer buffer, int from, int to, int length) {
    cutInto(length);
    int sent = sendWhole(buffer, from, to);
    if (sent == 0) {
      cutInto(0);
      sent = sendWhole(buffer, from, from + length);
      refusals = sent == 0 ? refusals : refusals + 1;
      if (refusals == REFUSALS) {
        maxSegments = 1;
        LOG.info("Sending datagrams of {} one by one: the path takes no more at once", this);
      }
    } else {
      refusals = 0;
    }
    return sent;
  }

  private int sendWhole(ByteBuffer buffer, int from, int to) {
    buffer.limit(to).position(from);
    return super.send(buffer);
  }

  private void cutInto(int bytes) {
    if (segment == bytes) {
      return;
    }
    try {
      offload.segmentsOf(sendDatagramChannel, bytes);
      segment = bytes;
    } catch (IOException e) {
      errorHandler.onError(e);
      maxSegments = 1;
    }
  }

  @Override
  public String toString() {
    return udpChannel().canonicalForm();
  }
}
