package io.headwater.ps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.ps.client.StepPlan;
import io.headwater.ps.client.WorkerClient;
import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.coordinator.RunControl;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.protocol.MicroBatchFigures;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.RunFailedException;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.RunSpecification.Training;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.server.ParameterServer;
import io.headwater.ps.server.ParameterServerConfig;
import io.headwater.ps.testing.RecordedEvents;
import io.headwater.ps.testing.ToyModel;
import io.headwater.ps.testing.ToyRun;
import io.headwater.ps.testing.ToyWorker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class RunFailureTest {
  private static final Training TRAINING = ToyRun.training(50, 4, OptimizerConfig.adamW());

  @TempDir Path output;

  private final RecordedEvents events = new RecordedEvents();

  private RunSpecification run(ToyRun run, int workers, Training training, int start, int lease) {
    RunSpecification usual =
        run.specification(workers, training, ToyModel.writeInitial(output), output, 0);
    return new RunSpecification(
        usual.runId(), workers, training, usual.checkpoints(), ToyRun.timeouts(start, lease));
  }

  @Test
  void namesTheWorkersThatDidNotJoin() throws Exception {
    try (ParameterServer server = ParameterServer.startEmbedded(1);
        ToyRun run = new ToyRun(server.endpoints())) {
      run.open(run(run, 3, TRAINING, 5, 20), events);
      Future<float[]> alone = run.start(new ToyWorker(run.worker(1, 1)));
      assertThat(events.awaitEnd()).contains("workers [0, 2] have not joined");
      assertThatThrownBy(() -> alone.get(30, TimeUnit.SECONDS))
          .cause()
          .isInstanceOf(RunFailedException.class)
          .hasMessageContaining("workers [0, 2] have not joined");
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0f, 1f})
  void aNonFiniteGradientEndsTheRunBeforeItIsKept(float clip) throws Exception {
    Training training = ToyRun.training(50, 4, OptimizerConfig.sgd().withGradientClip(clip));
    try (ParameterServer server = ParameterServer.startEmbedded(2);
        ToyRun run = new ToyRun(server.endpoints())) {
      run.open(run(run, 2, training, 30, 20), events);
      Future<float[]> sound = run.start(new ToyWorker(run.worker(0, 1)));
      Future<float[]> broken =
          run.start(
              new ToyWorker(run.worker(1, 1)) {
                @Override
                protected void step(WorkerClient client, StepPlan plan, float[] weights) {
                  if (plan.step() == 3) {
                    weights[46_105] = Float.NaN; // in embedding.bias
                  }
                  super.step(client, plan, weights);
                }
              });
      assertThat(events.awaitEnd())
          .contains("step 3")
          .contains("not finite")
          .contains("embedding.bias");
      assertThatThrownBy(() -> sound.get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class);
      assertThatThrownBy(() -> broken.get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class);
      assertThat(events.snapshots()).isEmpty();
    }
  }

  @Test
  void aNonFiniteLossNamesItsMicroBatch() throws Exception {
    try (ParameterServer server = ParameterServer.startEmbedded(1);
        ToyRun run = new ToyRun(server.endpoints())) {
      run.open(run(run, 1, TRAINING, 30, 20), events);
      Future<float[]> worker =
          run.start(
              new ToyWorker(run.worker(0, 1)) {
                @Override
                protected void step(WorkerClient client, StepPlan plan, float[] weights) {
                  client.report(
                      plan, 2, MicroBatchFigures.of(plan.step() == 1 ? Double.NaN : 1, 1, 1));
                  super.step(client, plan, weights);
                }
              });
      assertThat(events.awaitEnd()).contains("step 1").contains("micro-batch 2 (worker 0) is NaN");
      assertThatThrownBy(() -> worker.get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class);
    }
  }

  @Test
  void aShardThatGoesEndsTheRunWithItsName() throws Exception {
    int port = ToyRun.freePorts(2 * ShardEndpoint.PORTS);
    List<ShardEndpoint> endpoints =
        List.of(
            ShardEndpoint.udp(0, "127.0.0.1", port),
            ShardEndpoint.udp(1, "127.0.0.1", port + ShardEndpoint.PORTS));
    try (ParameterServer lead = ParameterServer.start(ParameterServerConfig.of(endpoints, 0, 0));
        ParameterServer other = ParameterServer.start(ParameterServerConfig.of(endpoints, 1, 0));
        ToyRun run = new ToyRun(endpoints)) {
      events.onStep(other::close);
      run.open(run(run, 1, TRAINING, 30, 4), events);
      Future<float[]> worker = run.start(new ToyWorker(run.worker(0, 1)));
      assertThat(events.awaitEnd()).contains("shard 1 (127.0.0.1:").contains("not heard for");
      assertThatThrownBy(() -> worker.get(30, TimeUnit.SECONDS))
          .cause()
          .isInstanceOf(ParameterServerException.class);
      assertThat(lead.awaitRunEnd().failure()).isPresent();
    }
  }

  @Test
  void namesTheShardThatCannotBeReached() {
    int port = ToyRun.freePorts(2 * ShardEndpoint.PORTS);
    List<ShardEndpoint> endpoints =
        List.of(
            ShardEndpoint.udp(0, "127.0.0.1", port),
            ShardEndpoint.udp(1, "127.0.0.1", port + ShardEndpoint.PORTS));
    try (ParameterServer lead = ParameterServer.start(ParameterServerConfig.of(endpoints, 0, 0));
        ToyRun run = new ToyRun(endpoints)) {
      assertThat(lead.endpoints()).hasSize(2);
      assertThatThrownBy(() -> run.open(run(run, 1, TRAINING, 4, 20), events))
          .isInstanceOf(ParameterServerException.class)
          .hasMessageContaining("shard 1 (127.0.0.1:" + endpoints.get(1).port());
      WorkerClientConfig config =
          new WorkerClientConfig(
              run.id(),
              0,
              1,
              run.coordinator(),
              endpoints,
              Duration.ofSeconds(2),
              Duration.ofSeconds(20));
      assertThatThrownBy(() -> WorkerClient.connect(config))
          .isInstanceOf(ParameterServerException.class)
          .hasMessageContaining("shard 1 (127.0.0.1:");
    }
  }

  @Test
  void aCheckpointThatIsNotThereFailsTheOpening() {
    try (ParameterServer server = ParameterServer.startEmbedded(2);
        ToyRun run = new ToyRun(server.endpoints())) {
      String nowhere = output.resolve("nowhere").toString();
      RunSpecification specification = run.specification(1, TRAINING, nowhere, output, 0);
      assertThatThrownBy(() -> run.open(specification, events))
          .isInstanceOf(RunFailedException.class)
          .hasMessageContaining(nowhere);
    }
  }

  @Test
  void moreShardsThanBlocksFailTheOpening() {
    try (ParameterServer server = ParameterServer.startEmbedded(5);
        ToyRun run = new ToyRun(server.endpoints())) {
      assertThatThrownBy(() -> run.open(run(run, 1, TRAINING, 30, 20), events))
          .isInstanceOf(RunFailedException.class)
          .hasMessageContaining("over 5 parameter shards");
    }
  }

  @Test
  void aServerRunsOneRunAfterTheOther() throws Exception {
    Training brief = ToyRun.training(2, 2, OptimizerConfig.adamW());
    try (ParameterServer server = ParameterServer.startEmbedded(2)) {
      for (int i = 0; i < 2; i++) {
        RecordedEvents heard = new RecordedEvents();
        try (ToyRun run = new ToyRun(server.endpoints())) {
          run.open(run(run, 2, brief, 30, 20), heard);
          try (ToyRun intruder = new ToyRun(server.endpoints())) {
            assertThatThrownBy(() -> intruder.open(run(intruder, 1, brief, 30, 20), events))
                .isInstanceOf(RunFailedException.class)
                .hasMessageContaining("busy with run " + run.id());
          }
          run.runWorkers(2);
          assertThat(heard.awaitEnd()).isEqualTo("finished 2");
        }
      }
    }
  }

  @Test
  void theDriverGoingEndsTheRun() throws Exception {
    try (ParameterServer server = ParameterServer.startEmbedded(1);
        ToyRun run = new ToyRun(server.endpoints())) {
      Training endless = ToyRun.training(1_000_000, 2, OptimizerConfig.sgd());
      RunControl control = run.open(run(run, 1, endless, 30, 20), events);
      Future<float[]> worker = run.start(new ToyWorker(run.worker(0, 1)));
      control.close();
      assertThatThrownBy(() -> worker.get(30, TimeUnit.SECONDS))
          .cause()
          .isInstanceOf(RunFailedException.class)
          .hasMessageContaining("the driver has left");
    }
  }
}
