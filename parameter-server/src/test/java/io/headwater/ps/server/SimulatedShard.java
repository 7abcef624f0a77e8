package io.headwater.ps.server;

import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.sparse.ShardTables;
import io.headwater.ps.transport.ShardRoute;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.NanoClock;

/** The real shard on a given network and clock, its storage on the same thread. */
public final class SimulatedShard implements AutoCloseable {
  private final ShardAgent agent;
  private final List<RunOutcome> outcomes = new ArrayList<>();

  public SimulatedShard(
      List<ShardEndpoint> endpoints,
      int shard,
      ShardRoute end,
      ShardRoute toLead,
      NanoClock clock) {
    agent =
        new ShardAgent(
            endpoints,
            endpoints.get(shard),
            List.of(end),
            toLead,
            clock,
            Runnable::run,
            ShardTables.NONE,
            outcomes::add);
  }

  public int doWork() {
    return agent.doWork();
  }

  public List<RunOutcome> outcomes() {
    return outcomes;
  }

  @Override
  public void close() {
    agent.onClose();
  }
}
