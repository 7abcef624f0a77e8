package io.headwater.ps;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two shards of two replicas each, all processes of their own, and what happens to them. */
@Timeout(180)
class ReplicationIT {
  private static final int STEPS_AFTER = 50; // between the last failure and the end
  private static final Training TRAINING =
      ToyRun.training(1_000_000, 4, OptimizerConfig.adamW().withGradientClip(0.5f));

  @TempDir Path output;

  private final RecordedEvents events = new RecordedEvents();
  private final List<ShardEndpoint> endpoints = Places.free(2, 2);
  private final ConcurrentHashMap<ShardEndpoint, Process> running = new ConcurrentHashMap<>();
  private JavaProcesses processes;

  @BeforeEach
  void startShards() {
    processes = new JavaProcesses(output);
    endpoints.forEach(this::start);
  }

  @AfterEach
  void stopProcesses() {
    processes.close();
  }

  private void start(ShardEndpoint place) {
    running.put(place, processes.startShard(place, endpoints));
  }

  private Process at(int shard, int replica) {
    return running.get(endpoints.get(2 * shard + replica));
  }

  private RunSpecification specification(ToyRun run) {
    RunSpecification usual =
        run.specification(2, TRAINING, ToyModel.writeInitial(output), output, 0);
    return new RunSpecification(
        usual.runId(), 2, TRAINING, usual.checkpoints(), ToyRun.timeouts(90, 2));
  }

  /** Trains until some steps after what is awaited has happened; the steps decide the bits. */
  private void endsWithTheNaiveBits(ToyRun run, String... awaited) throws Exception {
    RunControl control = run.open(specification(run), events);
    Future<float[]> other = run.start(new ToyWorker(run.worker(1, 1)));
    Future<float[]> one = run.start(new ToyWorker(run.worker(0, 1)));
    run.start(
        () -> {
          events.awaitReplicas(List.of(awaited));
          events.awaitSteps(events.steps().size() + STEPS_AFTER);
          control.requestStop();
          return null;
        });
    float[] weights = one.get(120, TimeUnit.SECONDS);
    int steps = events.steps().size();
    NaiveTraining naive = new NaiveTraining(TRAINING);
    naive.run(steps);
    ToyModel.assertSameBits(weights, naive.weights());
    ToyModel.assertSameBits(other.get(60, TimeUnit.SECONDS), naive.weights());
    assertThat(events.awaitEnd()).isEqualTo("finished " + steps);
  }

  /** Does something after so many steps. */
  private void afterSteps(int count, Runnable action) {
    AtomicInteger steps = new AtomicInteger();
    events.onStep(
        () -> {
          if (steps.incrementAndGet() == count) {
            action.run();
          }
        });
  }

  @Test
  void aKilledPrimaryIsReplacedByItsStandby() throws Exception {
    try (ToyRun run = new ToyRun(endpoints)) {
      afterSteps(50, at(0, 0)::destroyForcibly);
      endsWithTheNaiveBits(run, "lost 0/0");
    }
    assertThat(at(0, 1).waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(at(0, 1).exitValue()).isZero();
  }

  @Test
  void aNewStandbyTakesOverFromThePrimaryThatBroughtItUp() throws Exception {
    try (ToyRun run = new ToyRun(endpoints)) {
      afterSteps(50, at(1, 1)::destroyForcibly);
      events.onReplicaLost(
          () -> {
            if (events.replicas().size() == 1) {
              start(endpoints.get(3));
            }
          });
      events.onReplicaJoined(at(1, 0)::destroyForcibly);
      endsWithTheNaiveBits(run, "lost 1/1", "joined 1/1", "lost 1/0");
    }
  }

  @Test
  void aStoppedPrimaryComesBackAsAStandby() throws Exception {
    try (ToyRun run = new ToyRun(endpoints)) {
      afterSteps(50, () -> JavaProcesses.signal("STOP", at(1, 0)));
      events.onReplicaLost(() -> JavaProcesses.signal("CONT", at(1, 0)));
      endsWithTheNaiveBits(run, "lost 1/0", "joined 1/0");
    }
  }
}
