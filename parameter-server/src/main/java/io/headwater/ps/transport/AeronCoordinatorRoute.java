package io.headwater.ps.transport;

import io.aeron.Aeron;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.ParameterServerException;
import java.util.function.Supplier;

/**
 * A way to a coordinator by Aeron: requests go to its {@code port}, events come from {@code port +
 * 1} to whoever subscribes (multi-destination-cast).
 *
 * @param isLocal whether it goes through shared memory (IPC), or by UDP
 */
public record AeronCoordinatorRoute(Aeron aeron, CoordinatorEndpoint endpoint, boolean isLocal)
    implements CoordinatorRoute {
  private static final int REQUEST_STREAM = 900;
  private static final int EVENT_STREAM = 901;

  @Override
  public MessageOutlet requests() {
    String channel =
        isLocal
            ? "aeron:ipc?" + Channels.CONTROL
            : "aeron:udp?endpoint=" + address(0) + "|" + Channels.CONTROL;
    return MessageOutlet.of(open(() -> aeron.addPublication(channel, REQUEST_STREAM)));
  }

  @Override
  public MessageInlet events() {
    String channel = isLocal ? "aeron:ipc" : Channels.receive(address(1));
    return MessageInlet.of(open(() -> aeron.addSubscription(channel, EVENT_STREAM)));
  }

  @Override
  public MessageInlet listenForRequests() {
    String channel = isLocal ? "aeron:ipc" : "aeron:udp?endpoint=" + address(0);
    return MessageInlet.of(open(() -> aeron.addSubscription(channel, REQUEST_STREAM)));
  }

  @Override
  public MessageOutlet publishEvents() {
    String channel =
        isLocal
            ? "aeron:ipc?" + Channels.CONTROL
            : Channels.cast(address(1)) + "|" + Channels.CONTROL;
    return MessageOutlet.of(open(() -> aeron.addPublication(channel, EVENT_STREAM)));
  }

  private String address(int port) {
    return Channels.address(endpoint.host(), endpoint.port() + port);
  }

  private <T> T open(Supplier<T> resource) {
    try {
      return resource.get();
    } catch (RuntimeException e) {
      throw new ParameterServerException(
          "Cannot open a channel of " + endpoint + ": " + e.getMessage(), e);
    }
  }
}
