package io.headwater.ps.client;

import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import java.util.List;

/** The driver's hold on a run: opens it at all shards, hears its events, asks it to stop. */
public final class RunControl implements AutoCloseable {
  private RunControl() {}

  /**
   * Has all shards load the checkpoint and wait for workers; returns when they do.
   *
   * @throws io.headwater.ps.protocol.ParameterServerException naming the shards that cannot be
   *     reached or cannot load
   */
  public static RunControl open(
      List<ShardEndpoint> endpoints, RunSpecification run, RunListener listener) {
    throw new UnsupportedOperationException();
  }

  /** Asks the run to finish its current step, write a snapshot and end. */
  public void requestStop() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
