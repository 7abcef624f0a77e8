package io.headwater.ps.transport;

import io.headwater.ps.protocol.ShardEndpoint;

/** A shard's own end of the ways that lead to one of its replicas over one transport. */
public interface ShardEnd {
  ShardEndpoint endpoint();

  /** Whether clients are on this host and may share memory. */
  boolean isLocal();

  FrameInlet listenForPushes();

  MessageInlet listenForRequests();

  FrameOutlet publishWeights();

  /** The way of row frames between the same ends, protected as this one is. */
  RowRoute protect(RowRoute rows);

  /** To those who prove the run's secret. */
  MessageOutlet publishAnswers();
}
