package io.headwater.ps.transport;

import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.security.FrameSealer;

/**
 * A shard's own end over a network that is not trusted: lets in who proves the run's secret. For
 * the shard's thread.
 */
final class GuardedShardEnd implements ShardEnd {
  private final ShardEnd network;
  private final ServerHandshake handshake;

  GuardedShardEnd(ShardEnd network, ServerHandshake handshake) {
    this.network = network;
    this.handshake = handshake;
  }

  @Override
  public ShardEndpoint endpoint() {
    return network.endpoint();
  }

  @Override
  public boolean isLocal() {
    return network.isLocal();
  }

  @Override
  public FrameInlet listenForPushes() {
    return handshake.guard().inlet(network.listenForPushes());
  }

  @Override
  public MessageInlet listenForRequests() {
    return handshake.guard().inlet(handshake.withoutHandshakes(network.listenForRequests()));
  }

  @Override
  public FrameOutlet publishWeights() {
    FrameSealer sealer = handshake.sealer(FrameGuard.WEIGHTS);
    return FrameGuard.outlet(network.publishWeights(), () -> sealer);
  }

  @Override
  public MessageOutlet publishAnswers() {
    return network.publishAnswers();
  }

  @Override
  public RowRoute protect(RowRoute rows) {
    FrameSealer sealer = handshake.sealer(FrameGuard.ROWS);
    return rows.guarded(
        outlet -> FrameGuard.outlet(outlet, () -> sealer), handshake.guard()::inlet);
  }
}
