package io.headwater.ps.client;

import io.headwater.ps.codec.ChunkCodec;
import io.headwater.ps.codec.ChunkEncoder;
import io.headwater.ps.codec.Codecs;
import io.headwater.ps.codec.ErrorFeedback;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.ShardRange;
import java.util.HashMap;
import java.util.Map;
import org.agrona.CloseHelper;

/** A worker's gradient on its way to all shards. For one thread. */
final class OutgoingGradients implements AutoCloseable {
  private final PushBuffer gradients;
  private final ChunkEncoder encoder; // null: chunks go as they are
  private final Map<Integer, OutgoingGradient> byShard = new HashMap<>();

  OutgoingGradients(PushBuffer gradients, Codecs codecs) {
    this.gradients = gradients;
    encoder = codecs.isExact() ? null : encoder(codecs, gradients.vector().elements());
  }

  private static ChunkEncoder encoder(Codecs codecs, long elements) {
    ChunkCodec codec = codecs.openPush();
    return codec.codec().needsFeedback() ? new ErrorFeedback(codec, elements) : codec;
  }

  /** Another gradient is there, and whole. */
  void begin() {
    byShard.values().forEach(OutgoingGradient::begin);
  }

  /**
   * What goes to a replica of a shard.
   *
   * @throws ParameterServerException if replicas of one shard would get other bytes than each other
   */
  OutgoingGradient to(int shard, ShardRange range) {
    OutgoingGradient known =
        byShard.computeIfAbsent(
            shard, key -> new OutgoingGradient(gradients, shard, range, encoder));
    if (known.range().equals(range)) {
      return known;
    }
    if (encoder != null) {
      throw new ParameterServerException(
          "Cannot push to shard "
              + shard
              + ": its replicas take chunks of "
              + known.range().chunkElements()
              + " and of "
              + range.chunkElements()
              + " elements, and "
              + encoder.codec()
              + " gives each other sums; give them the same MTU");
    }
    return new OutgoingGradient(gradients, shard, range, null);
  }

  @Override
  public void close() {
    byShard.values().forEach(CloseHelper::quietClose);
    if (encoder instanceof ErrorFeedback feedback) {
      feedback.close();
    }
  }
}
