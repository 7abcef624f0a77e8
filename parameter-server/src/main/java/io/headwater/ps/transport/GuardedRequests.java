package io.headwater.ps.transport;

import io.aeron.Publication;
import org.agrona.DirectBuffer;

/** Requests over a network that is not trusted. For one thread at a time. */
final class GuardedRequests implements MessageOutlet {
  private final MessageOutlet sealed;
  private final ClientHandshake handshake;

  GuardedRequests(MessageOutlet network, ClientHandshake handshake) {
    this.handshake = handshake;
    sealed = FrameGuard.outlet(network, () -> handshake.sealer(FrameGuard.REQUEST));
    handshake.open();
  }

  @Override
  public long offer(DirectBuffer buffer, int offset, int length) {
    return handshake.isWelcome() ? sealed.offer(buffer, offset, length) : Publication.NOT_CONNECTED;
  }

  @Override
  public int maxMessageLength() {
    return sealed.maxMessageLength();
  }

  @Override
  public boolean isConnected() {
    return handshake.isWelcome() && sealed.isConnected();
  }

  @Override
  public void close() {
    sealed.close();
    handshake.close();
  }
}
