package io.headwater.ps.testing;

import io.headwater.ps.PsMetrics;
import io.headwater.ps.security.FrameVerdict;
import io.headwater.ps.security.Role;
import io.headwater.ps.server.ParameterServer;
import io.headwater.ps.server.ParameterServerConfig;
import io.headwater.ps.server.RunOutcome;

/**
 * Hosts one replica of one shard in a process of its own until a run has ended: {@code shard
 * replica places...}. Its exit status says whether the run has failed.
 */
public final class ShardProcess {
  private ShardProcess() {}

  public static void main(String[] arguments) throws InterruptedException {
    int shard = Integer.parseInt(arguments[0]);
    int replica = Integer.parseInt(arguments[1]);
    try (ParameterServer server =
        ParameterServer.start(
            ParameterServerConfig.of(Places.parse(arguments, 2), shard, replica)
                .securedBy(ProcessSecurity.ofThis()))) {
      RunOutcome outcome = server.awaitRunEnd();
      System.out.println(outcome);
      System.out.println(
          "foreign " + (long) PsMetrics.checkedFrames(Role.SHARD, FrameVerdict.FOREIGN).get());
      if (outcome.failure().isPresent()) {
        System.exit(1);
      }
    }
  }
}
