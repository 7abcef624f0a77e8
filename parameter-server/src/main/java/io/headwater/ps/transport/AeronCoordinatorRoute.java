package io.headwater.ps.transport;

import io.aeron.Aeron;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.ParameterServerException;
import java.util.function.Supplier;

/**
 * A way to a coordinator by Aeron, and the coordinator's own end of it: requests go to its {@code
 * port}; events, and answers of the handshake, come from {@code port + 1} to whoever subscribes
 * (multi-destination-cast).
 *
 * @param isLocal whether it goes through shared memory (IPC), or by UDP
 */
public record AeronCoordinatorRoute(Aeron aeron, CoordinatorEndpoint endpoint, boolean isLocal)
    implements CoordinatorRoute, CoordinatorEnd {
  private static final int REQUEST_STREAM = 900;
  private static final int EVENT_STREAM = 901;
  private static final int ANSWER_STREAM = 902;

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
    return fromCoordinator(EVENT_STREAM);
  }

  @Override
  public MessageInlet answers() {
    return fromCoordinator(ANSWER_STREAM);
  }

  private MessageInlet fromCoordinator(int stream) {
    String channel = isLocal ? "aeron:ipc" : Channels.receive(address(1));
    return MessageInlet.of(open(() -> aeron.addSubscription(channel, stream)));
  }

  @Override
  public MessageInlet listenForRequests() {
    String channel = isLocal ? "aeron:ipc" : "aeron:udp?endpoint=" + address(0);
    return MessageInlet.of(open(() -> aeron.addSubscription(channel, REQUEST_STREAM)));
  }

  @Override
  public MessageOutlet publishEvents() {
    return toEveryone(EVENT_STREAM);
  }

  @Override
  public MessageOutlet publishAnswers() {
    return toEveryone(ANSWER_STREAM);
  }

  private MessageOutlet toEveryone(int stream) {
    String channel =
        isLocal
            ? "aeron:ipc?" + Channels.CONTROL
            : Channels.cast(address(1)) + "|" + Channels.CONTROL;
    return MessageOutlet.of(open(() -> aeron.addPublication(channel, stream)));
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
