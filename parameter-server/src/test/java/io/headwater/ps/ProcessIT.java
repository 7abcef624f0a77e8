package io.headwater.ps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.protocol.ParameterServerException;
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
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Shards and workers in processes of their own, and what happens when one is killed. */
@Timeout(180)
class ProcessIT {
  private static final OptimizerConfig OPTIMIZER = OptimizerConfig.adamW().withGradientClip(0.5f);

  @TempDir Path output;

  private final RecordedEvents events = new RecordedEvents();
  private final List<ShardEndpoint> endpoints = Places.free(2, 1);
  private JavaProcesses processes;

  @BeforeEach
  void open() {
    processes = new JavaProcesses(output);
  }

  @AfterEach
  void stopProcesses() {
    processes.close();
  }

  private Process shard(int shard) {
    return processes.startShard(endpoints.get(shard), endpoints);
  }

  private Process worker(ToyRun run, int worker) {
    return processes.start(WorkerProcess.class, List.of(), run.workerArguments(worker, 1));
  }

  private RunSpecification specification(ToyRun run, int workers, long steps) {
    Training training = ToyRun.training(steps, 4, OPTIMIZER);
    RunSpecification usual =
        run.specification(workers, training, ToyModel.writeInitial(output), output, 0);
    return new RunSpecification(
        usual.runId(), workers, training, usual.checkpoints(), ToyRun.timeouts(90, 5));
  }

  @Test
  void separateProcessesGiveTheNaiveBitsAndEndByThemselves() throws Exception {
    Process first = shard(0);
    Process second = shard(1);
    try (ToyRun run = new ToyRun(endpoints)) {
      RunSpecification specification = specification(run, 2, 6);
      run.open(specification, events);
      Process worker = worker(run, 1);
      float[] weights = run.start(new ToyWorker(run.worker(0, 1))).get(90, TimeUnit.SECONDS);
      NaiveTraining naive = new NaiveTraining(specification.training());
      naive.run(6);
      ToyModel.assertSameBits(weights, naive.weights());
      assertThat(events.awaitEnd()).isEqualTo("finished 6");
      assertThat(worker.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(worker.exitValue()).isZero();
    }
    assertThat(first.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(second.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(first.exitValue()).isZero();
    assertThat(second.exitValue()).isZero();
  }

  @Test
  void aKilledShardIsNamedWithinItsLease() throws Exception {
    shard(0);
    Process second = shard(1);
    try (ToyRun run = new ToyRun(endpoints)) {
      events.onStep(second::destroyForcibly);
      run.open(specification(run, 1, 1_000_000), events);
      Future<float[]> worker = run.start(new ToyWorker(run.worker(0, 1)));
      assertThat(events.awaitEnd()).contains("shard 1 (127.0.0.1:").contains("not heard for");
      assertThatThrownBy(() -> worker.get(30, TimeUnit.SECONDS))
          .cause()
          .isInstanceOf(ParameterServerException.class);
    }
  }

  @Test
  void aKilledWorkersPartIsDoneByOthersBitForBit() throws Exception {
    shard(0);
    shard(1);
    try (ToyRun run = new ToyRun(endpoints)) {
      RunSpecification specification = specification(run, 3, 60);
      run.open(specification, events);
      Process killed = worker(run, 1);
      worker(run, 2);
      events.onStep(killed::destroyForcibly);
      Future<float[]> survivor = run.start(new ToyWorker(run.worker(0, 1)));
      NaiveTraining naive = new NaiveTraining(specification.training());
      naive.run(60);
      ToyModel.assertSameBits(survivor.get(60, TimeUnit.SECONDS), naive.weights());
      assertThat(events.awaitEnd()).isEqualTo("finished 60");
      assertThat(events.lostWorkers()).containsExactly(1);
    }
  }

  @Test
  void aStoppedWorkerIsFencedAndCorruptsNothingWhenItWakes() throws Exception {
    shard(0);
    shard(1);
    try (ToyRun run = new ToyRun(endpoints)) {
      RunSpecification specification = specification(run, 2, 400);
      run.open(specification, events);
      Process stopped = worker(run, 1);
      events.onFirstStep(() -> JavaProcesses.signal("STOP", stopped));
      events.onWorkerLost(() -> JavaProcesses.signal("CONT", stopped));
      Future<float[]> survivor = run.start(new ToyWorker(run.worker(0, 1)));
      NaiveTraining naive = new NaiveTraining(specification.training());
      naive.run(400);
      ToyModel.assertSameBits(survivor.get(90, TimeUnit.SECONDS), naive.weights());
      assertThat(events.awaitEnd()).isEqualTo("finished 400");
      assertThat(stopped.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(stopped.exitValue()).isNotZero();
    }
  }
}
