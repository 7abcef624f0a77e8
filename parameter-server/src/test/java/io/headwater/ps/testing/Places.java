package io.headwater.ps.testing;

import io.headwater.ps.protocol.ShardEndpoint;
import java.util.ArrayList;
import java.util.List;

/** Endpoints as arguments of a process: {@code shard/replica/host/port/mtu}. */
public final class Places {
  private Places() {}

  /** That many replicas of that many shards, at ports that are free now. */
  public static List<ShardEndpoint> free(int shards, int replicas) {
    int port = ToyRun.freePorts(shards * replicas * ShardEndpoint.PORTS);
    List<ShardEndpoint> endpoints = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      for (int replica = 0; replica < replicas; replica++) {
        endpoints.add(ShardEndpoint.udp(shard, replica, "127.0.0.1", port));
        port += ShardEndpoint.PORTS;
      }
    }
    return endpoints;
  }

  public static List<String> arguments(List<ShardEndpoint> endpoints) {
    return endpoints.stream()
        .map(
            place ->
                "%d/%d/%s/%d/%d"
                    .formatted(
                        place.shard(), place.replica(), place.host(), place.port(), place.mtu()))
        .toList();
  }

  /** Those from {@code arguments[first]} on. */
  public static List<ShardEndpoint> parse(String[] arguments, int first) {
    List<ShardEndpoint> endpoints = new ArrayList<>();
    for (int i = first; i < arguments.length; i++) {
      String[] parts = arguments[i].split("/");
      endpoints.add(
          new ShardEndpoint(
              Integer.parseInt(parts[0]),
              Integer.parseInt(parts[1]),
              parts[2],
              Integer.parseInt(parts[3]),
              Integer.parseInt(parts[4]),
              ""));
    }
    return endpoints;
  }
}
