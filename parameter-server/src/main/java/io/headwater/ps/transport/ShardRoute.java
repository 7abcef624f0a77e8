package io.headwater.ps.transport;

import io.headwater.ps.protocol.ShardEndpoint;

/**
 * One way to one shard, over shared memory or a network: what a client opens, and what the shard
 * itself opens as its own end.
 */
public interface ShardRoute {
  ShardEndpoint endpoint();

  /** Whether both ends are on one host and may share memory. */
  boolean isLocal();

  FrameOutlet push();

  MessageOutlet requests();

  FrameInlet weights();

  FrameInlet listenForPushes();

  MessageInlet listenForRequests();

  FrameOutlet publishWeights();
}
