package io.headwater.ps.server;

import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.sparse.ShardTables;
import io.headwater.ps.transport.CoordinatorRoute;
import io.headwater.ps.transport.ShardEnd;
import io.headwater.ps.transport.ShardRoute;
import java.util.List;
import java.util.function.Function;
import org.agrona.CloseHelper;
import org.agrona.concurrent.NanoClock;

/** The real replica of a shard on a given network and clock, its storage on the same thread. */
public final class SimulatedShard implements AutoCloseable {
  private final ShardAgent agent;
  private final AutoCloseable process;

  /**
   * @param process closed with the shard
   */
  public SimulatedShard(
      List<ShardEndpoint> endpoints,
      ShardEndpoint self,
      long incarnation,
      ShardEnd end,
      AutoCloseable process,
      Function<ShardEndpoint, ShardRoute> toReplica,
      Function<CoordinatorEndpoint, CoordinatorRoute> toCoordinator,
      NanoClock clock) {
    this.process = process;
    agent =
        new ShardAgent(
            self,
            new Neighbours(endpoints, toReplica, toCoordinator),
            List.of(end),
            incarnation,
            clock,
            Runnable::run,
            ShardTables.NONE,
            outcome -> {});
  }

  public void doWork() {
    agent.doWork();
  }

  /** Whether it would tell so. */
  public boolean isReady() {
    return agent.isReady();
  }

  @Override
  public void close() {
    agent.onClose();
    CloseHelper.quietClose(process);
  }
}
