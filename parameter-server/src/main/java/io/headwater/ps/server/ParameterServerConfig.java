package io.headwater.ps.server;

import io.headwater.checkpoint.UserException;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.security.RunSecurity;
import java.util.List;
import java.util.Objects;

/**
 * Which shards a process runs.
 *
 * @param endpoints all replicas of all shards of the parameter server, in order
 * @param hosted those of them that this process runs
 * @param security how what goes over a network is protected
 */
public record ParameterServerConfig(
    List<ShardEndpoint> endpoints, List<ShardEndpoint> hosted, RunSecurity security) {
  public ParameterServerConfig {
    endpoints = List.copyOf(endpoints);
    hosted = List.copyOf(hosted);
    Objects.requireNonNull(security, "security");
    ShardEndpoint.checkAll(endpoints);
    if (hosted.isEmpty()) {
      throw new UserException("Cannot start a parameter server: it hosts no shard");
    }
    for (ShardEndpoint endpoint : hosted) {
      if (!endpoints.contains(endpoint)) {
        throw new UserException("Cannot start " + endpoint + ": it is not among the endpoints");
      }
    }
  }

  /** Replicas that are not protected. */
  public ParameterServerConfig(List<ShardEndpoint> endpoints, List<ShardEndpoint> hosted) {
    this(endpoints, hosted, RunSecurity.NONE);
  }

  /** The same replicas, protected so. */
  public ParameterServerConfig securedBy(RunSecurity other) {
    return new ParameterServerConfig(endpoints, hosted, other);
  }

  /** A process that runs one replica of one shard. */
  public static ParameterServerConfig of(List<ShardEndpoint> endpoints, int shard, int replica) {
    ShardEndpoint.checkAll(endpoints);
    return endpoints.stream()
        .filter(endpoint -> endpoint.shard() == shard && endpoint.replica() == replica)
        .findFirst()
        .map(endpoint -> new ParameterServerConfig(endpoints, List.of(endpoint)))
        .orElseThrow(
            () ->
                new UserException(
                    "Cannot start replica "
                        + replica
                        + " of parameter shard "
                        + shard
                        + ": the configuration has shards 0 to "
                        + (ShardEndpoint.shards(endpoints) - 1)
                        + ", and so many replicas of it: "
                        + endpoints.stream().filter(other -> other.shard() == shard).count()));
  }
}
