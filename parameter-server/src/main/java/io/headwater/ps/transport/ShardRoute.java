package io.headwater.ps.transport;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.ShardEndpoint;
import java.util.function.Supplier;

/**
 * One way to one shard, over shared memory or UDP; the shard itself uses it for its own end.
 *
 * @param ipc whether it goes through shared memory
 */
public record ShardRoute(Aeron aeron, ShardEndpoint endpoint, boolean ipc) {
  public ExclusivePublication push() {
    return open(() -> aeron.addExclusivePublication(channels().push(), channels().pushStream()));
  }

  /** May be shared by threads. */
  public Publication requests() {
    return open(() -> aeron.addPublication(channels().request(), channels().requestStream()));
  }

  public Subscription weights() {
    return open(
        () -> aeron.addSubscription(channels().subscribeWeights(), channels().weightsStream()));
  }

  public Subscription events() {
    return open(
        () -> aeron.addSubscription(channels().subscribeEvents(), channels().eventStream()));
  }

  public Subscription listenForPushes() {
    return open(() -> aeron.addSubscription(channels().listen(), channels().pushStream()));
  }

  public Subscription listenForRequests() {
    return open(() -> aeron.addSubscription(channels().listen(), channels().requestStream()));
  }

  public ExclusivePublication publishWeights() {
    return open(
        () ->
            aeron.addExclusivePublication(channels().publishWeights(), channels().weightsStream()));
  }

  public Publication publishEvents() {
    return open(() -> aeron.addPublication(channels().publishEvents(), channels().eventStream()));
  }

  private Channels channels() {
    return new Channels(endpoint, ipc);
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
