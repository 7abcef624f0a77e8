package io.headwater.ps.testing;

import io.headwater.ps.server.ParameterServer;
import io.headwater.ps.server.ParameterServerConfig;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Hosts one shard of several parameter servers for run after run, until it is killed: {@code shard
 * places...}, the places of a server separated by commas.
 */
public final class LastingShardProcess {
  private LastingShardProcess() {}

  public static void main(String[] arguments) throws InterruptedException {
    int shard = Integer.parseInt(arguments[0]);
    List<String> servers = List.of(arguments).subList(1, arguments.length);
    for (String places : servers) {
      ParameterServer.start(
          ParameterServerConfig.of(Places.parse(places.split(","), 0), shard, 0)
              .securedBy(ProcessSecurity.ofThis()));
    }
    new CountDownLatch(1).await();
  }
}
