package io.headwater.ps.sparse;

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
import io.headwater.ps.testing.TallyWorker;
import io.headwater.ps.testing.ToyModel;
import io.headwater.ps.testing.ToyRun;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A dense model in {@code bsp} and sparse tables in {@code asp}, in one run with two workers, two
 * shards and a standby of each, all processes of their own that are killed: the model has the bits
 * of an undisturbed run, and every push to the tables has counted once.
 */
@Timeout(180)
class TableReplicationIT {
  private static final int WORKERS = 2; // that push; one more looks at the end
  private static final int SHARDS = 2;
  private static final int STEPS_AFTER = 20; // between the last failure and the end
  private static final Training TRAINING =
      ToyRun.training(1_000_000, 4, OptimizerConfig.adamW().withGradientClip(0.5f));

  @TempDir Path output;

  private final RecordedEvents events = new RecordedEvents();
  private final List<ShardEndpoint> endpoints = Places.free(SHARDS, 2);
  private final ConcurrentHashMap<ShardEndpoint, Process> running = new ConcurrentHashMap<>();
  private JavaProcesses processes;

  @AfterEach
  void stopProcesses() {
    processes.close();
  }

  @BeforeEach
  void startShards() {
    processes = new JavaProcesses(output);
    endpoints.forEach(this::start);
  }

  private void start(ShardEndpoint place) {
    running.put(place, processes.startShard(place, endpoints));
  }

  private void kill(int shard, int replica) {
    running.get(endpoints.get(2 * shard + replica)).destroyForcibly();
  }

  private RunSpecification specification(ToyRun run) {
    return new RunSpecification(
        run.id(),
        WORKERS + 1,
        TRAINING,
        new RunSpecification.Checkpoints(ToyModel.writeInitial(output), output.toString(), 25),
        ToyRun.timeouts(90, 4));
  }

  /** Trains until some steps after what is awaited has happened. */
  private void endsWithTheUndisturbedNumbers(String... awaited) throws Exception {
    try (ToyRun run = new ToyRun(endpoints)) {
      RunControl control = run.open(specification(run), events);
      for (int worker = 0; worker < WORKERS; worker++) {
        processes.start(TallyWorker.class, List.of(), run.workerArguments(worker, 1));
      }
      TallyWorker looker = new TallyWorker(run.worker(WORKERS, 1), false);
      Future<float[]> end = run.start(looker);
      run.start(
          () -> {
            events.awaitReplicas(List.of(awaited));
            events.awaitSteps(events.steps().size() + STEPS_AFTER);
            control.requestStop();
            return null;
          });
      float[] weights = end.get(150, TimeUnit.SECONDS);
      int steps = events.steps().size();
      assertThat(looker.sums()).isEqualTo(TallyWorker.expected(WORKERS, steps));
      NaiveTraining naive = new NaiveTraining(TRAINING);
      naive.run(steps);
      ToyModel.assertSameBits(weights, naive.weights());
      assertThat(events.awaitEnd()).isEqualTo("finished " + steps);
      assertThat(written(steps)).isEqualTo(TallyWorker.expected(WORKERS, steps));
    }
  }

  /** The rows of the last checkpoint. */
  private float[] written(long step) {
    float[] rows = new float[TallyWorker.ROWS * TallyWorker.COLUMNS];
    try (TableMatrix matrix =
        TableMatrix.open(output.toString(), TallyWorker.COUNTS, TallyWorker.ROWS, step, SHARDS)) {
      matrix.read(0, rows, 0, rows.length);
    }
    return rows;
  }

  @Test
  void noPushIsLostOrCountsTwiceWhenPrimariesAreKilled() throws Exception {
    events.onStep(
        () -> {
          if (events.steps().size() == 20) {
            kill(1, 0);
          }
        });
    events.onReplicaLost(
        () -> {
          if (events.replicas().size() == 1) {
            start(endpoints.get(2));
          }
        });
    events.onReplicaJoined(() -> kill(1, 1)); // by whom the new one was brought up
    endsWithTheUndisturbedNumbers("lost 1/0", "joined 1/0", "lost 1/1");
  }
}
