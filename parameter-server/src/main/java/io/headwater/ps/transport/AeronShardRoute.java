package io.headwater.ps.transport;

import io.aeron.Aeron;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.ShardEndpoint;
import java.util.function.Supplier;

/**
 * A way to a shard by Aeron, and the shard's own end of it.
 *
 * @param isLocal whether it goes through shared memory (IPC), or by UDP
 */
public record AeronShardRoute(Aeron aeron, ShardEndpoint endpoint, boolean isLocal)
    implements ShardRoute, ShardEnd {
  @Override
  public FrameOutlet push() {
    return FrameOutlet.of(
        open(() -> aeron.addExclusivePublication(channels().push(), channels().pushStream())));
  }

  @Override
  public MessageOutlet requests() {
    return MessageOutlet.of(
        open(() -> aeron.addPublication(channels().request(), channels().requestStream())));
  }

  @Override
  public FrameInlet weights() {
    return FrameInlet.of(
        open(
            () ->
                aeron.addSubscription(channels().subscribeWeights(), channels().weightsStream())));
  }

  @Override
  public MessageInlet answers() {
    return MessageInlet.of(
        open(
            () -> aeron.addSubscription(channels().subscribeAnswers(), channels().answerStream())));
  }

  @Override
  public FrameInlet listenForPushes() {
    return FrameInlet.of(
        open(() -> aeron.addSubscription(channels().listen(), channels().pushStream())));
  }

  @Override
  public MessageInlet listenForRequests() {
    return MessageInlet.of(
        open(() -> aeron.addSubscription(channels().listen(), channels().requestStream())));
  }

  @Override
  public FrameOutlet publishWeights() {
    return FrameOutlet.of(
        open(
            () ->
                aeron.addExclusivePublication(
                    channels().publishWeights(), channels().weightsStream())));
  }

  @Override
  public MessageOutlet publishAnswers() {
    return MessageOutlet.of(
        open(() -> aeron.addPublication(channels().publishAnswers(), channels().answerStream())));
  }

  @Override
  public RowRoute protect(RowRoute rows) {
    return rows;
  }

  /** The way of row frames between the same ends. */
  public RowRoute rows() {
    return new RowRoute(aeron, endpoint, isLocal);
  }

  private Channels channels() {
    return new Channels(endpoint, isLocal);
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
