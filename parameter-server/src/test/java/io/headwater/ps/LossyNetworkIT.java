package io.headwater.ps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.testing.JavaProcesses;
import io.headwater.ps.testing.LastingShardProcess;
import io.headwater.ps.testing.NaiveTraining;
import io.headwater.ps.testing.NetworkNamespaces;
import io.headwater.ps.testing.Places;
import io.headwater.ps.testing.RunProcess;
import io.headwater.ps.testing.ToyModel;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The driver and its workers on one network, the shards on another, a bad cable in between. */
@Timeout(180)
class LossyNetworkIT {
  private static final double LOSS = 0.02;
  private static final int PORT = 21_000; // nobody else is there

  @TempDir Path output;

  @Test
  void lostPacketsChangeNoBit() throws Exception {
    assumeTrue(
        NetworkNamespaces.areAllowed(),
        "network namespaces with iptables are for root, and are not allowed here");
    NaiveTraining naive = new NaiveTraining(RunProcess.TRAINING);
    naive.run(RunProcess.STEPS);
    String expected = ToyModel.digest(naive.weights());
    try (NetworkNamespaces network = NetworkNamespaces.withLoss(LOSS);
        JavaProcesses processes = new JavaProcesses(output)) {
      List<ShardEndpoint> shards = new ArrayList<>();
      for (int shard = 0; shard < 2; shard++) {
        int port = PORT + shard * ShardEndpoint.PORTS;
        shards.add(ShardEndpoint.udp(shard, network.address(1), port));
      }
      String places = String.join(",", Places.arguments(shards));
      for (int shard = 0; shard < 2; shard++) {
        processes.converse(
            LastingShardProcess.class, network.prefix(1), List.of(Integer.toString(shard), places));
      }
      List<String> run =
          new ArrayList<>(List.of(network.address(0), Integer.toString(PORT), output.toString()));
      run.addAll(Places.arguments(shards));
      Process driver = processes.converse(RunProcess.class, network.prefix(0), run);
      try (BufferedReader said = driver.inputReader()) {
        assertThat(said.lines()).containsExactly(expected, expected, "finished 30");
      }
      // About 20 of a thousand packets each way: fewer than six once in ten thousand runs.
      assertThat(network.lost(0)).isGreaterThan(5);
      assertThat(network.lost(1)).isGreaterThan(5);
    }
  }
}
