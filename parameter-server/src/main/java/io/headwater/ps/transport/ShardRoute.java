package io.headwater.ps.transport;

import io.headwater.ps.protocol.ShardEndpoint;

/** A client's way to one replica of a shard, over shared memory or a network. */
public interface ShardRoute {
  ShardEndpoint endpoint();

  /** Whether both ends are on one host and may share memory. */
  boolean isLocal();

  FrameOutlet push();

  MessageOutlet requests();

  FrameInlet weights();

  /** The way of row frames between the same ends, protected as this one is. */
  RowRoute protect(RowRoute rows);

  /** What the replica says to those who prove the run's secret. */
  MessageInlet answers();
}
