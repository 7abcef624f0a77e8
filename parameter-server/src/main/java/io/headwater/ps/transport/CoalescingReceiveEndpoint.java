package io.headwater.ps.transport;

import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.ReceiveChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import io.aeron.protocol.DataHeaderFlyweight;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * Receives datagrams that the kernel hands over several at a time, and gives Aeron those together
 * that follow each other in one stream. The kernel only looks at addresses and lengths: others may
 * lie between.
 *
 * <p>For the media driver's receiver thread.
 */
final class CoalescingReceiveEndpoint extends ReceiveChannelEndpoint {
  private final SocketOffload offload;
  private final UnsafeBuffer part = new UnsafeBuffer(0, 0);
  private final DataHeaderFlyweight partHeader = new DataHeaderFlyweight();

  CoalescingReceiveEndpoint(
      UdpChannel channel,
      DataPacketDispatcher dispatcher,
      AtomicCounter status,
      MediaDriver.Context context,
      SocketOffload offload) {
    super(channel, dispatcher, status, context);
    this.offload = offload;
  }

  @Override
  public void openDatagramChannel(AtomicCounter status) {
    super.openDatagramChannel(status);
    try {
      offload.coalesces(receiveDatagramChannel);
    } catch (IOException e) {
      errorHandler.onError(e); // then they come one by one
    }
  }

  @Override
  public int onDataPacket(
      DataHeaderFlyweight header,
      UnsafeBuffer buffer,
      int length,
      InetSocketAddress source,
      int transport) {
    int end = PacketFrames.runEnd(buffer, 0, length);
    if (end == length) {
      return super.onDataPacket(header, buffer, length, source, transport);
    }
    int bytes = 0;
    for (int from = 0; from < length; from = end) {
      end = PacketFrames.runEnd(buffer, from, length);
      if (PacketFrames.isData(buffer, from, length)) {
        part.wrap(buffer, from, end - from);
        partHeader.wrap(part);
        bytes += super.onDataPacket(partHeader, part, end - from, source, transport);
      }
      // Others (setup, round-trip measurements) are sent again and again until they are heard.
    }
    return bytes;
  }
}
