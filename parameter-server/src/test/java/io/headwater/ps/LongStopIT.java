package io.headwater.ps;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ps.client.StepPlan;
import io.headwater.ps.client.WorkerClient;
import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.coordinator.RunControl;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.RunSpecification.Training;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.testing.JavaProcesses;
import io.headwater.ps.testing.NaiveTraining;
import io.headwater.ps.testing.Places;
import io.headwater.ps.testing.RecordedEvents;
import io.headwater.ps.testing.ToyModel;
import io.headwater.ps.testing.ToyRun;
import io.headwater.ps.testing.ToyWorker;
import io.headwater.ps.testing.WorkerProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A worker and a primary stand still for 20 seconds at the same time: longer than their leases, and
 * longer than Aeron's own patience with its client, its driver and its images.
 */
@Timeout(180)
class LongStopIT {
  private static final int STOPPED_SECONDS = 20;
  private static final int STEPS_AFTER = 50;
  private static final Training TRAINING =
      ToyRun.training(1_000_000, 4, OptimizerConfig.adamW().withGradientClip(0.5f));

  @TempDir Path output;

  private final RecordedEvents events = new RecordedEvents();
  private final List<ShardEndpoint> endpoints = Places.free(2, 2);
  private final List<Process> shards = new ArrayList<>();
  private JavaProcesses processes;

  @BeforeEach
  void startShards() {
    processes = new JavaProcesses(output);
    endpoints.forEach(place -> shards.add(shard(place)));
  }

  private Process shard(ShardEndpoint place) {
    return processes.startShard(place, endpoints);
  }

  @AfterEach
  void stopProcesses() {
    processes.close();
  }

  /** Takes its time for a step, so that there are fewer to do again when the bits are compared. */
  private static final class UnhurriedWorker extends ToyWorker {
    private static final long STEP_NS = 30_000_000;

    UnhurriedWorker(WorkerClientConfig config) {
      super(config);
    }

    @Override
    protected void step(WorkerClient client, StepPlan plan, float[] weights) {
      LockSupport.parkNanos(STEP_NS);
      super.step(client, plan, weights);
    }
  }

  private RunSpecification specification(ToyRun run) {
    RunSpecification usual =
        run.specification(2, TRAINING, ToyModel.writeInitial(output), output, 0);
    return new RunSpecification(
        usual.runId(), 2, TRAINING, usual.checkpoints(), ToyRun.timeouts(90, 3));
  }

  private static void stopForLong(Process process) {
    JavaProcesses.signal("STOP", process);
    CompletableFuture.delayedExecutor(STOPPED_SECONDS, TimeUnit.SECONDS)
        .execute(() -> JavaProcesses.signal("CONT", process));
  }

  private static void endsWithAnError(Process process) throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isNotZero();
  }

  @Test
  void theRunGoesOnAndWhoWakesEndsAndCorruptsNothing() throws Exception {
    Process primary = shards.get(2); // of shard 1
    try (ToyRun run = new ToyRun(endpoints)) {
      RunControl control = run.open(specification(run), events);
      Process worker = processes.start(WorkerProcess.class, List.of(), run.workerArguments(1, 1));
      events.onFirstStep(
          () -> {
            stopForLong(primary);
            stopForLong(worker);
          });
      Future<float[]> survivor = run.start(new UnhurriedWorker(run.worker(0, 1)));
      events.awaitReplicas(List.of("lost 1/0"));
      events.awaitSteps(events.steps().size() + STEPS_AFTER); // without the two
      endsWithAnError(worker);
      endsWithAnError(primary);
      shard(endpoints.get(2));
      events.awaitReplicas(List.of("lost 1/0", "joined 1/0"));
      events.awaitSteps(events.steps().size() + STEPS_AFTER);
      control.requestStop();

      float[] weights = survivor.get(60, TimeUnit.SECONDS);
      int steps = events.steps().size();
      NaiveTraining naive = new NaiveTraining(TRAINING);
      naive.run(steps);
      ToyModel.assertSameBits(weights, naive.weights());
      assertThat(events.awaitEnd()).isEqualTo("finished " + steps);
      assertThat(events.lostWorkers()).containsExactly(1);
    }
  }
}
