package io.headwater.ps;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ps.client.StepPlan;
import io.headwater.ps.client.WorkerClient;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.protocol.RunEndedException;
import io.headwater.ps.protocol.RunSpecification.Training;
import io.headwater.ps.server.ParameterServer;
import io.headwater.ps.testing.NaiveTraining;
import io.headwater.ps.testing.RecordedEvents;
import io.headwater.ps.testing.ToyModel;
import io.headwater.ps.testing.ToyRun;
import io.headwater.ps.testing.ToyWorker;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ElasticityTest {
  private static final int STEPS = 12;
  private static final Training TRAINING =
      ToyRun.training(STEPS, 6, OptimizerConfig.adamW().withGradientClip(0.5f));

  @TempDir Path output;
  private final RecordedEvents events = new RecordedEvents();

  /** Goes away in the middle of step 3, having pushed a part of its share. */
  private static final class Deserter extends ToyWorker {
    Deserter(ToyRun run, int worker) {
      super(run.worker(worker, 1));
    }

    @Override
    protected void step(WorkerClient client, StepPlan plan, float[] weights) {
      if (plan.step() == 3) {
        push(client, plan, plan.nodes().get(0), weights);
        throw new IllegalStateException("out of memory, say");
      }
      super.step(client, plan, weights);
    }
  }

  @Test
  void aWorkerThatGoesAndOneThatComesChangeNoBit() throws Exception {
    NaiveTraining naive = new NaiveTraining(TRAINING);
    naive.run(STEPS);
    try (ParameterServer server = ParameterServer.startEmbedded(2);
        ToyRun run = new ToyRun(server.endpoints())) {
      String from = ToyModel.writeInitial(output);
      run.open(run.specification(3, TRAINING, from, output, 0), events);
      Future<float[]> sound =
          run.start(
              new ToyWorker(run.worker(0, 1)) {
                @Override
                protected void step(WorkerClient client, StepPlan plan, float[] weights) {
                  if (plan.step() == 6) {
                    events.awaitJoins(4); // the three first ones, and the late one
                  }
                  super.step(client, plan, weights);
                }
              });
      run.start(new Deserter(run, 1));
      Future<float[]> other = run.start(new Deserter(run, 2));
      assertThat(other).failsWithin(60, TimeUnit.SECONDS);
      Future<float[]> late = run.start(new ToyWorker(run.worker(2, 2)));
      ToyModel.assertSameBits(sound.get(60, TimeUnit.SECONDS), naive.weights());
      ToyModel.assertSameBits(late.get(60, TimeUnit.SECONDS), naive.weights());
      assertThat(events.awaitEnd()).isEqualTo("finished " + STEPS);
      assertThat(events.lostWorkers()).containsExactlyInAnyOrder(1, 2);
    }
  }

  @Test
  void aWorkerThatComesAfterTheEndIsToldSo() throws Exception {
    CountDownLatch comeLate = new CountDownLatch(1);
    try (ParameterServer server = ParameterServer.startEmbedded(1);
        ToyRun run = new ToyRun(server.endpoints())) {
      String from = ToyModel.writeInitial(output);
      run.open(run.specification(1, TRAINING, from, output, 0), events);
      Future<float[]> last =
          run.start(
              new ToyWorker(run.worker(0, 1)) {
                @Override
                protected void finished() {
                  try {
                    comeLate.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }
              });
      assertThat(events.awaitEnd()).isEqualTo("finished " + STEPS);
      assertThat(run.start(new ToyWorker(run.worker(0, 2))))
          .failsWithin(30, TimeUnit.SECONDS)
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(RunEndedException.class);
      comeLate.countDown();
      last.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void aWorkerThatComesWhenTheShardsHaveLeftIsToldSoToo() throws Exception {
    try (ParameterServer server = ParameterServer.startEmbedded(2);
        ToyRun run = new ToyRun(server.endpoints())) {
      String from = ToyModel.writeInitial(output);
      run.open(run.specification(1, TRAINING, from, output, 0), events);
      run.runWorkers(1);
      assertThat(events.awaitEnd()).isEqualTo("finished " + STEPS);
      server.awaitRunEnd();
      assertThat(run.start(new ToyWorker(run.worker(0, 2))))
          .failsWithin(60, TimeUnit.SECONDS)
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(RunEndedException.class);
    }
  }
}
