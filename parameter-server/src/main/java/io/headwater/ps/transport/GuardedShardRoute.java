package io.headwater.ps.transport;

import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.headwater.ps.protocol.ShardEndpoint;

/**
 * A client's way to a shard over a network that is not trusted: counts as not connected until both
 * ends have proved the run's secret. For one thread at a time.
 */
final class GuardedShardRoute implements ShardRoute {
  private final ShardRoute network;
  private final ClientHandshake handshake;
  private final FrameGuard guard;

  GuardedShardRoute(ShardRoute network, ClientHandshake handshake, FrameGuard guard) {
    this.network = network;
    this.handshake = handshake;
    this.guard = guard;
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
  public FrameOutlet push() {
    return outlet(network.push(), FrameGuard.PUSH);
  }

  @Override
  public MessageOutlet requests() {
    return new GuardedRequests(network.requests(), handshake);
  }

  @Override
  public FrameInlet weights() {
    return inlet(network.weights());
  }

  @Override
  public MessageInlet answers() {
    return network.answers();
  }

  @Override
  public RowRoute protect(RowRoute rows) {
    return rows.guarded(outlet -> outlet(outlet, FrameGuard.ROWS), this::inlet);
  }

  private FrameOutlet outlet(FrameOutlet to, int stream) {
    FrameOutlet sealed = FrameGuard.outlet(to, () -> handshake.sealer(stream));
    handshake.open();
    return new FrameOutlet() {
      @Override
      public long tryClaim(int length, BufferClaim claim) {
        return handshake.isWelcome() ? sealed.tryClaim(length, claim) : Publication.NOT_CONNECTED;
      }

      @Override
      public void commit(BufferClaim claim) {
        sealed.commit(claim);
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
    };
  }

  private FrameInlet inlet(FrameInlet from) {
    FrameInlet checked = guard.inlet(from);
    handshake.open();
    return new FrameInlet() {
      @Override
      public int poll(ControlledFragmentHandler handler, int limit) {
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
}
