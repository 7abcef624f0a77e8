package io.headwater.ps.testing;

import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.server.ParameterServer;
import io.headwater.ps.server.ParameterServerConfig;
import java.util.ArrayList;
import java.util.List;

/** Hosts one shard in a process of its own until a run has ended: {@code shard port0 port1 ...}. */
public final class ShardProcess {
  private ShardProcess() {}

  public static void main(String[] arguments) throws InterruptedException {
    List<ShardEndpoint> endpoints = new ArrayList<>();
    for (int i = 1; i < arguments.length; i++) {
      endpoints.add(ShardEndpoint.udp(i - 1, "127.0.0.1", Integer.parseInt(arguments[i])));
    }
    int shard = Integer.parseInt(arguments[0]);
    try (ParameterServer server =
        ParameterServer.start(new ParameterServerConfig(endpoints, List.of(shard)))) {
      System.out.println(server.awaitRunEnd());
    }
  }
}
