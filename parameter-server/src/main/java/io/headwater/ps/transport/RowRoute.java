package io.headwater.ps.transport;

import io.aeron.Aeron;
import io.aeron.CommonContext;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.logbuffer.BufferClaim;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.ShardEndpoint;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The way of row frames to and from a replica of a shard: one stream from all workers, and the
 * replicas before and after it, to the replica, and one back to each worker, so that nobody is sent
 * what another has asked for.
 *
 * @param isLocal whether it goes through shared memory (IPC), or by UDP
 * @param sealed how what goes out is protected
 * @param checked how what comes in is
 */
public record RowRoute(
    Aeron aeron,
    ShardEndpoint endpoint,
    boolean isLocal,
    UnaryOperator<FrameOutlet> sealed,
    UnaryOperator<FrameInlet> checked) {
  private static final int FIRST_STREAM = 1_000_000;
  private static final int STREAMS_PER_SHARD = 1 << 16; // one to the shard, one to each worker
  private static final int SHARDS = 1 << 10;
  private static final String TERM = "term-length=1m";

  /** Where a worker hears answers. */
  public interface Answers extends FrameInlet {
    /** The UDP port of it; 0 through shared memory, negative while it is not known. */
    int port();

    @Override
    void close();
  }

  /** A way that is not protected. */
  RowRoute(Aeron aeron, ShardEndpoint endpoint, boolean isLocal) {
    this(aeron, endpoint, isLocal, UnaryOperator.identity(), UnaryOperator.identity());
  }

  /** The same way, protected. */
  RowRoute guarded(UnaryOperator<FrameOutlet> outlets, UnaryOperator<FrameInlet> inlets) {
    return new RowRoute(aeron, endpoint, isLocal, outlets, inlets);
  }

  /** A worker's or another replica's end of the stream to the replica. */
  public FrameOutlet ask() {
    return sealed.apply(
        FrameOutlet.of(
            open(() -> aeron.addExclusivePublication(channel(shardAddress()), stream(0)))));
  }

  /** The shard's end of the stream from all workers. */
  public FrameInlet listen() {
    String channel = isLocal ? CommonContext.IPC_CHANNEL : "aeron:udp?endpoint=" + shardAddress();
    return checked.apply(FrameInlet.of(open(() -> aeron.addSubscription(channel, stream(0)))));
  }

  /** A worker's end of the stream back to it. */
  public Answers answers(int worker) {
    String channel = isLocal ? CommonContext.IPC_CHANNEL : "aeron:udp?endpoint=0.0.0.0:0";
    Subscription subscription = open(() -> aeron.addSubscription(channel, stream(1 + worker)));
    FrameInlet inlet = checked.apply(FrameInlet.of(subscription));
    return new Answers() {
      @Override
      public int poll(io.aeron.logbuffer.ControlledFragmentHandler handler, int limit) {
        return inlet.poll(handler, limit);
      }

      @Override
      public boolean isConnected() {
        return inlet.isConnected();
      }

      @Override
      public int port() {
        return isLocal ? 0 : portOf(subscription.localSocketAddresses());
      }

      @Override
      public void close() {
        inlet.close();
      }
    };
  }

  /**
   * The shard's end of the stream back to a worker; returns at once, and opens by itself.
   *
   * @param source address from which the worker's frames come, "host:port"
   * @param port where it hears answers, as it says
   */
  public FrameOutlet answer(int worker, String source, int port) {
    String address = isLocal ? "" : source.substring(0, source.lastIndexOf(':') + 1) + port;
    return sealed.apply(new OpeningOutlet(aeron, channel(address), stream(1 + worker)));
  }

  private static int portOf(List<String> addresses) {
    return addresses.isEmpty()
        ? -1
        : Integer.parseInt(addresses.get(0).substring(addresses.get(0).lastIndexOf(':') + 1));
  }

  private String channel(String address) {
    return isLocal
        ? "aeron:ipc?" + TERM
        : "aeron:udp?endpoint=" + address + "|" + TERM + Channels.AT_ONCE;
  }

  private String shardAddress() {
    return Channels.address(endpoint.host(), endpoint.port());
  }

  private int stream(int kind) {
    return FIRST_STREAM
        + STREAMS_PER_SHARD * (endpoint.shard() + SHARDS * endpoint.replica())
        + kind;
  }

  private <T> T open(Supplier<T> resource) {
    try {
      return resource.get();
    } catch (RuntimeException e) {
      throw new ParameterServerException(
          "Cannot open a channel of " + endpoint + ": " + e.getMessage(), e);
    }
  }

  /** A publication that is added without waiting for the media driver. */
  private static final class OpeningOutlet implements FrameOutlet {
    private final Aeron aeron;
    private final long registration;
    private ExclusivePublication publication; // null while it opens

    OpeningOutlet(Aeron aeron, String channel, int stream) {
      this.aeron = aeron;
      registration = aeron.asyncAddExclusivePublication(channel, stream);
    }

    @Override
    public boolean isConnected() {
      if (publication == null) {
        publication = aeron.getExclusivePublication(registration);
      }
      return publication != null && publication.isConnected();
    }

    @Override
    public long tryClaim(int length, BufferClaim claim) {
      return isConnected() ? publication.tryClaim(length, claim) : Publication.NOT_CONNECTED;
    }

    @Override
    public void close() {
      if (isConnected() || publication != null) {
        publication.close();
      } else {
        aeron.asyncRemovePublication(registration);
      }
    }
  }
}
