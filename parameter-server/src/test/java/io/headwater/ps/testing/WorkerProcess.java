package io.headwater.ps.testing;

import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.protocol.ShardEndpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A worker in a process of its own: {@code run worker port0 port1 ...}. */
public final class WorkerProcess {
  private WorkerProcess() {}

  public static void main(String[] arguments) {
    List<ShardEndpoint> endpoints = new ArrayList<>();
    for (int i = 2; i < arguments.length; i++) {
      endpoints.add(ShardEndpoint.udp(i - 2, "127.0.0.1", Integer.parseInt(arguments[i])));
    }
    new ToyWorker(
            new WorkerClientConfig(
                arguments[0],
                Integer.parseInt(arguments[1]),
                1,
                endpoints,
                Duration.ofSeconds(60),
                Duration.ofSeconds(20)))
        .call();
  }
}
