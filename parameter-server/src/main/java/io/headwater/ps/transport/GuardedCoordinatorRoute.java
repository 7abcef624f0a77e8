package io.headwater.ps.transport;

import io.aeron.logbuffer.FragmentHandler;

/**
 * A client's way to a coordinator over a network that is not trusted: counts as not connected until
 * both ends have proved the run's secret. For one thread at a time.
 */
final class GuardedCoordinatorRoute implements CoordinatorRoute {
  private final CoordinatorRoute network;
  private final ClientHandshake handshake;
  private final FrameGuard guard;

  GuardedCoordinatorRoute(CoordinatorRoute network, ClientHandshake handshake, FrameGuard guard) {
    this.network = network;
    this.handshake = handshake;
    this.guard = guard;
  }

  @Override
  public boolean isLocal() {
    return network.isLocal();
  }

  @Override
  public MessageOutlet requests() {
    return new GuardedRequests(network.requests(), handshake);
  }

  @Override
  public MessageInlet events() {
    MessageInlet checked = guard.inlet(network.events());
    handshake.open();
    return new MessageInlet() {
      @Override
      public int poll(FragmentHandler handler, int limit) {
        handshake.isWelcome();
        return checked.poll(handler, limit);
      }

      @Override
      public boolean isConnected() {
        return handshake.isWelcome() && checked.isConnected();
      }

      @Override
      public void close() {
        checked.close();
        handshake.close();
      }
    };
  }

  @Override
  public MessageInlet answers() {
    return network.answers();
  }
}
