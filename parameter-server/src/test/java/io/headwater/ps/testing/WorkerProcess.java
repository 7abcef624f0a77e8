package io.headwater.ps.testing;

import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import java.time.Duration;

/** A worker in a process of its own: {@code run worker incarnation coordinator-port places...}. */
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
        CoordinatorEndpoint.udp("127.0.0.1", Integer.parseInt(arguments[3])),
        Places.parse(arguments, 4),
        Duration.ofSeconds(60),
        Duration.ofSeconds(20));
  }
}
