package io.headwater.ps;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ps.client.StepPlan;
import io.headwater.ps.client.WorkerClient;
import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.protocol.RunSpecification.Training;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.server.ParameterServer;
import io.headwater.ps.server.ParameterServerConfig;
import io.headwater.ps.testing.RecordedEvents;
import io.headwater.ps.testing.ToyModel;
import io.headwater.ps.testing.ToyRun;
import io.headwater.ps.testing.ToyWorker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose workers do not keep step, over real transports. */
@Timeout(120)
class OwnPaceTrainingTest {
  private static final int STEPS = 60;
  private static final int WORKERS = 3;

  @TempDir Path output;

  private final RecordedEvents events = new RecordedEvents();
  private final List<Long> batches = new CopyOnWriteArrayList<>();

  private class Counting extends ToyWorker {
    Counting(WorkerClientConfig config) {
      super(config);
    }

    @Override
    protected void step(WorkerClient client, StepPlan plan, float[] weights) {
      batches.add(plan.batch());
      super.step(client, plan, weights);
    }
  }

  private void train(ParameterServer server, ToyRun run, int staleness) throws Exception {
    Training training = ToyRun.training(STEPS, 4, OptimizerConfig.adamW()).withStaleness(staleness);
    run.open(
        run.specification(WORKERS, training, ToyModel.writeInitial(output), output, 0), events);
    List<Future<float[]>> workers = new ArrayList<>();
    for (int worker = 0; worker < WORKERS; worker++) {
      workers.add(run.start(new Counting(run.worker(worker, 1))));
    }
    assertThat(events.awaitEnd()).isEqualTo("finished " + STEPS);
    float[] last = workers.get(0).get(30, TimeUnit.SECONDS);
    for (Future<float[]> worker : workers) {
      assertThat(worker.get(30, TimeUnit.SECONDS)).isEqualTo(last);
    }
    assertThat(batches)
        .containsExactlyInAnyOrderElementsOf(LongStream.range(0, STEPS).boxed().toList());
    assertThat(events.steps()).hasSize(STEPS);
    assertThat(events.lostWorkers()).isEmpty();
  }

  @Test
  void withoutBoundEveryBatchIsComputedOnceAndAllEndWithTheSameWeights() throws Exception {
    try (ParameterServer server = ParameterServer.startEmbedded(2);
        ToyRun run = new ToyRun(server.endpoints())) {
      train(server, run, Training.ANY);
    }
  }

  @Test
  void withABoundItIsTheSameOverUdp() throws Exception {
    int port = ToyRun.freePorts(ShardEndpoint.PORTS);
    List<ShardEndpoint> endpoints = List.of(ShardEndpoint.udp(0, "127.0.0.1", port));
    try (ParameterServer server = ParameterServer.start(ParameterServerConfig.of(endpoints, 0, 0));
        ToyRun run = new ToyRun(endpoints)) {
      train(server, run, 2);
    }
  }

  @Test
  void nobodyRunsFurtherAheadThanTheBound() throws Exception {
    int bound = 3;
    CountDownLatch othersAreHeldBack = new CountDownLatch(bound);
    Training training = ToyRun.training(STEPS, 4, OptimizerConfig.adamW()).withStaleness(bound);
    try (ParameterServer server = ParameterServer.startEmbedded(1);
        ToyRun run = new ToyRun(server.endpoints())) {
      run.open(run.specification(2, training, ToyModel.writeInitial(output), output, 0), events);
      Future<float[]> slow =
          run.start(
              new Counting(run.worker(0, 1)) {
                @Override
                protected void step(WorkerClient client, StepPlan plan, float[] weights) {
                  if (plan.batch() == 0) {
                    await(othersAreHeldBack);
                    assertThat(batches).allMatch(batch -> batch <= bound);
                  }
                  super.step(client, plan, weights);
                }
              });
      Future<float[]> fast =
          run.start(
              new Counting(run.worker(1, 1)) {
                @Override
                protected void step(WorkerClient client, StepPlan plan, float[] weights) {
                  super.step(client, plan, weights);
                  othersAreHeldBack.countDown();
                }
              });
      assertThat(slow.get(60, TimeUnit.SECONDS)).isEqualTo(fast.get(60, TimeUnit.SECONDS));
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
