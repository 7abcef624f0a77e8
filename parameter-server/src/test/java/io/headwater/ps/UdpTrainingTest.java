package io.headwater.ps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.UserException;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.protocol.RunSpecification.Training;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.server.ParameterServer;
import io.headwater.ps.server.ParameterServerConfig;
import io.headwater.ps.testing.NaiveTraining;
import io.headwater.ps.testing.RecordedEvents;
import io.headwater.ps.testing.ToyModel;
import io.headwater.ps.testing.ToyRun;
import io.headwater.ps.testing.ToyWorker;
import io.headwater.ps.transport.LocalDrivers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class UdpTrainingTest {
  private static final int STEPS = 4;

  @TempDir Path output;

  private static List<ShardEndpoint> endpoints(int shards, int mtu) {
    int port = ToyRun.freePorts(shards * ShardEndpoint.PORTS);
    List<ShardEndpoint> endpoints = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      endpoints.add(
          new ShardEndpoint(shard, 0, "127.0.0.1", port + shard * ShardEndpoint.PORTS, mtu, ""));
    }
    return endpoints;
  }

  @ParameterizedTest
  @ValueSource(ints = {ChunkSize.LOOPBACK_MTU, 8_960, ChunkSize.ETHERNET_MTU})
  void anyDatagramSizeGivesTheNaiveBits(int mtu) throws Exception {
    Training training = ToyRun.training(STEPS, 6, OptimizerConfig.adamW().withGradientClip(0.5f));
    NaiveTraining naive = new NaiveTraining(training);
    naive.run(STEPS);
    List<ShardEndpoint> endpoints = endpoints(2, mtu);
    RecordedEvents events = new RecordedEvents();
    try (ParameterServer first = ParameterServer.start(ParameterServerConfig.of(endpoints, 0, 0));
        ParameterServer second = ParameterServer.start(ParameterServerConfig.of(endpoints, 1, 0));
        ToyRun run = new ToyRun(endpoints)) {
      endpoints.forEach(
          place -> LocalDrivers.withdraw(place.port())); // as if they were on another host
      String from = ToyModel.writeInitial(output);
      run.open(run.specification(3, training, from, output, 0), events);
      LocalDrivers.withdraw(run.coordinator().port());
      for (float[] weights : run.runWorkers(3)) {
        ToyModel.assertSameBits(weights, naive.weights());
      }
      assertThat(events.awaitEnd()).isEqualTo("finished " + STEPS);
      assertThat(first.awaitRunEnd().failure()).isEmpty();
      assertThat(second.awaitRunEnd().step()).isEqualTo(STEPS);
    }
  }

  @Test
  void workersOverUdpAndSharedMemoryTrainTogether() throws Exception {
    Training training = ToyRun.training(STEPS, 2, OptimizerConfig.sgd());
    NaiveTraining naive = new NaiveTraining(training);
    naive.run(STEPS);
    List<ShardEndpoint> endpoints = endpoints(1, ChunkSize.LOOPBACK_MTU);
    RecordedEvents events = new RecordedEvents();
    try (ParameterServer server = ParameterServer.start(ParameterServerConfig.of(endpoints, 0, 0));
        ToyRun far = new ToyRun(endpoints);
        ToyRun near = far.reaching(server.endpoints())) {
      endpoints.forEach(place -> LocalDrivers.withdraw(place.port()));
      String from = ToyModel.writeInitial(output);
      near.open(near.specification(2, training, from, output, 0), events);
      Future<float[]> one = far.start(new ToyWorker(far.worker(0, 1)));
      Future<float[]> other = near.start(new ToyWorker(near.worker(1, 1)));
      ToyModel.assertSameBits(one.get(60, TimeUnit.SECONDS), naive.weights());
      ToyModel.assertSameBits(other.get(60, TimeUnit.SECONDS), naive.weights());
      assertThat(events.awaitEnd()).isEqualTo("finished " + STEPS);
    }
  }

  @Test
  void namesThePortInUse() {
    List<ShardEndpoint> endpoints = endpoints(1, ChunkSize.LOOPBACK_MTU);
    ParameterServerConfig config = ParameterServerConfig.of(endpoints, 0, 0);
    try (ParameterServer server = ParameterServer.start(config)) {
      assertThatThrownBy(() -> ParameterServer.start(config))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("parameter shard 0")
          .hasMessageContaining(Integer.toString(endpoints.get(0).port()));
      assertThat(server.endpoints()).hasSize(1);
    }
  }
}
