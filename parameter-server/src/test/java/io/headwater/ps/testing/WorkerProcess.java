package io.headwater.ps.testing;

import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import java.time.Duration;

/**
 * A worker in a process of its own: {@code run worker incarnation coordinator-host coordinator-port
 * places...}.
 */
public final class WorkerProcess {
  private WorkerProcess() {}

  public static void main(String[] arguments) {
    new ToyWorker(config(arguments)).call();
  }

  static WorkerClientConfig config(String[] arguments) {
    return new WorkerClientConfig(
        arguments[0],
        Integer.parseInt(arguments[1]),
        Long.parseLong(arguments[2]),
        CoordinatorEndpoint.udp(arguments[3], Integer.parseInt(arguments[4])),
        Places.parse(arguments, 5),
        Duration.ofSeconds(60),
        Duration.ofSeconds(20),
        ProcessSecurity.ofThis());
  }
}
