package io.headwater.ps.server;

import io.headwater.checkpoint.UserException;
import io.headwater.ps.protocol.ShardEndpoint;
import java.util.List;

/**
 * Which shards a process runs.
 *
 * @param endpoints all shards of the parameter server, in order
 * @param hostedShards indices of those that this process runs
 */
public record ParameterServerConfig(List<ShardEndpoint> endpoints, List<Integer> hostedShards) {
  public ParameterServerConfig {
    endpoints = List.copyOf(endpoints);
    hostedShards = List.copyOf(hostedShards);
    ShardEndpoint.checkAll(endpoints);
    if (hostedShards.isEmpty()) {
      throw new UserException("Cannot start a parameter server: it hosts no shard");
    }
    for (int shard : hostedShards) {
      if (shard < 0 || shard >= endpoints.size()) {
        throw new UserException(
            "Cannot start parameter shard "
                + shard
                + ": the configuration has shards 0 to "
                + (endpoints.size() - 1));
      }
    }
  }
}
