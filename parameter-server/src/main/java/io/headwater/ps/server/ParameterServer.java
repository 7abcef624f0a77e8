package io.headwater.ps.server;

import io.headwater.ps.protocol.ShardEndpoint;
import java.util.List;

/** Runs parameter shards in this process: an embedded Aeron media driver and a thread per shard. */
public final class ParameterServer implements AutoCloseable {
  private ParameterServer() {}

  /**
   * Starts the shards; they wait for a run to be opened.
   *
   * @throws io.headwater.checkpoint.UserException if a port is in use
   */
  public static ParameterServer start(ParameterServerConfig config) {
    throw new UnsupportedOperationException();
  }

  /** Starts all shards in this process, reachable from this host only, through shared memory. */
  public static ParameterServer startEmbedded(int shards) {
    throw new UnsupportedOperationException();
  }

  /** All shards, those of this process with the directory of its media driver. */
  public List<ShardEndpoint> endpoints() {
    throw new UnsupportedOperationException();
  }

  /** Waits until a run has ended on the shards of this process. */
  public RunOutcome awaitRunEnd() throws InterruptedException {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
