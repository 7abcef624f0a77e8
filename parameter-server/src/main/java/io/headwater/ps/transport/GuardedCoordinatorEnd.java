package io.headwater.ps.transport;

import io.headwater.ps.security.FrameSealer;

/**
 * A coordinator's own end over a network that is not trusted: lets in who proves the run's secret.
 * For the coordinator's thread.
 */
final class GuardedCoordinatorEnd implements CoordinatorEnd {
  private final CoordinatorEnd network;
  private final ServerHandshake handshake;

  GuardedCoordinatorEnd(CoordinatorEnd network, ServerHandshake handshake) {
    this.network = network;
    this.handshake = handshake;
  }

  @Override
  public boolean isLocal() {
    return network.isLocal();
  }

  @Override
  public MessageInlet listenForRequests() {
    return handshake.guard().inlet(handshake.withoutHandshakes(network.listenForRequests()));
  }

  @Override
  public MessageOutlet publishEvents() {
    FrameSealer sealer = handshake.sealer(FrameGuard.EVENT);
    return FrameGuard.outlet(network.publishEvents(), () -> sealer);
  }

  @Override
  public MessageOutlet publishAnswers() {
    return network.publishAnswers();
  }
}
