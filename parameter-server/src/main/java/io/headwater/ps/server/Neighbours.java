package io.headwater.ps.server;

import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.transport.CoordinatorRoute;
import io.headwater.ps.transport.ShardRoute;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whom a replica may have to reach: the other replicas, and coordinators.
 *
 * @param endpoints all replicas of all shards, in order
 */
record Neighbours(
    List<ShardEndpoint> endpoints,
    Function<ShardEndpoint, ShardRoute> toReplica,
    Function<CoordinatorEndpoint, CoordinatorRoute> toCoordinator) {
  Neighbours {
    endpoints = List.copyOf(endpoints);
  }

  int shards() {
    return ShardEndpoint.shards(endpoints);
  }

  /** The way to a replica, if it is a known one. */
  Optional<ShardRoute> to(ReplicaId replica) {
    return endpoints.stream().filter(replica::isAt).findFirst().map(toReplica);
  }
}
