package io.headwater.ps.security;

import io.headwater.ps.protocol.ShardEndpoint;
import java.util.Objects;

/**
 * One end of a challenge-response.
 *
 * @param id the worker's; the place of a replica; 0 for the driver
 * @param incarnation grows with every start of a worker or replica; 0 for the driver
 */
public record Peer(Role role, int id, long incarnation) {
  public Peer {
    Objects.requireNonNull(role, "role");
    if (id < 0) {
      throw new IllegalArgumentException("Cannot name " + role + " " + id + ": must be >= 0");
    }
  }

  /** A worker of the run. */
  public static Peer worker(int worker, long incarnation) {
    return new Peer(Role.WORKER, worker, incarnation);
  }

  /** A replica of a shard. */
  public static Peer replica(ShardEndpoint at, long incarnation) {
    return new Peer(
        Role.SHARD, at.shard() * ShardEndpoint.MAX_REPLICAS + at.replica(), incarnation);
  }

  /** The coordinator, in the driver's process. */
  public static Peer driver() {
    return new Peer(Role.DRIVER, 0, 0);
  }

  @Override
  public String toString() {
    return switch (role) {
      case WORKER -> "worker " + id;
      case SHARD ->
          "shard "
              + id / ShardEndpoint.MAX_REPLICAS
              + " replica "
              + id % ShardEndpoint.MAX_REPLICAS;
      case DRIVER -> "the driver";
    };
  }
}
