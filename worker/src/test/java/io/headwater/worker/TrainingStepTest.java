package io.headwater.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.GradientProgress;
import io.headwater.model.Losses;
import io.headwater.ps.client.StepPlan;
import io.headwater.ps.client.WorkerClient;
import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.coordinator.RunControl;
import io.headwater.ps.coordinator.RunListener;
import io.headwater.ps.coordinator.StepCompleted;
import io.headwater.ps.optimizer.LearningRateSchedule;
import io.headwater.ps.optimizer.LocalOptimizer;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.optimizer.UpdateGuard;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.Event.WorkerLost;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.security.RunSecurity;
import io.headwater.ps.server.ParameterServer;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class TrainingStepTest {
  private static final int ELEMENTS = 70_001; // five norm blocks
  private static final TensorLayout LAYOUT = TensorLayout.builder().add("weight", ELEMENTS).build();
  private static final int STEPS = 3;
  private static final int NOWHERE = -1;
  private static final float RATE = 0.5f;
  private static final long WAIT_NS = TimeUnit.SECONDS.toNanos(30);

  @TempDir Path output;

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  /** Takes shape from its end; that of one micro-batch goes on when shards have some of it. */
  private static final class SlowGradient implements GradientSource {
    private final FlatVector weights;
    private final FlatVector vector = FlatVector.allocate(ELEMENTS);
    private final int waitsIn;

    SlowGradient(FlatVector weights, int waitsIn) {
      this.weights = weights;
      this.waitsIn = waitsIn;
    }

    @Override
    public FlatVector vector() {
      return vector;
    }

    @Override
    public Outcome compute(long step, int microBatch, GradientProgress progress) {
      vector.fill(Float.NaN);
      double before = takenByShards();
      for (int from = ELEMENTS / 2, to = ELEMENTS; to > 0; to = from, from /= 4) {
        for (int i = from; i < to; i++) {
          vector.set(i, element(weights.get(i), step, microBatch, i));
        }
        progress.finalFrom(from);
        if (microBatch == waitsIn && to == ELEMENTS) {
          awaitMoreThan(before);
        }
      }
      return new Outcome(Losses.one(1), 10, 0, 0);
    }

    @Override
    public void close() {
      vector.close();
    }
  }

  private static float element(float weight, long step, int microBatch, int i) {
    return 0.3f * weight + 0.01f * (i % 97) * (microBatch + 1) - 0.1f * step;
  }

  private static double takenByShards() {
    double taken = 0;
    for (String shard : List.of("0", "1")) {
      Double chunks =
          CollectorRegistry.defaultRegistry.getSampleValue(
              "headwater_ps_updates_total",
              new String[] {"shard", "result"},
              new String[] {shard, "applied"});
      taken += chunks == null ? 0 : chunks;
    }
    return taken;
  }

  private static void awaitMoreThan(double chunks) {
    long deadlineNs = System.nanoTime() + WAIT_NS;
    while (takenByShards() <= chunks) {
      assertThat(System.nanoTime())
          .as("shards take in chunks before the gradient is whole")
          .isLessThan(deadlineNs);
      Thread.onSpinWait();
    }
  }

  private float[] train(WorkerClientConfig config, int waitsIn) {
    Metrics metrics = new Metrics(config.worker());
    try (FlatVector weights = FlatVector.allocate(ELEMENTS);
        WorkerClient server = WorkerClient.connect(config);
        TrainingStep step =
            new TrainingStep(new SlowGradient(weights, waitsIn), server, true, metrics)) {
      StepPlan plan = server.join(weights);
      while (!plan.finished()) {
        plan = step.run(plan);
      }
      float[] last = new float[ELEMENTS];
      weights.read(0, last, 0, ELEMENTS);
      return last;
    }
  }

  private static float[] sum(float[] weights, long step, int from, int to) {
    float[] sum = new float[ELEMENTS];
    if (to - from == 1) {
      for (int i = 0; i < ELEMENTS; i++) {
        sum[i] = element(weights[i], step, from, i);
      }
      return sum;
    }
    int middle = (from + to) >>> 1;
    float[] left = sum(weights, step, from, middle);
    float[] right = sum(weights, step, middle, to);
    for (int i = 0; i < ELEMENTS; i++) {
      sum[i] = left[i] + right[i];
    }
    return sum;
  }

  private static float[] expected(int microBatches) {
    float[] weights = new float[ELEMENTS];
    try (FlatVector parameters = FlatVector.allocate(ELEMENTS);
        FlatVector gradients = FlatVector.allocate(ELEMENTS)) {
      LocalOptimizer optimizer = new LocalOptimizer(OptimizerConfig.sgd(), LAYOUT);
      for (long step = 0; step < STEPS; step++) {
        float[] mean = sum(weights, step, 0, microBatches);
        float factor = 1f / microBatches;
        for (int i = 0; i < ELEMENTS; i++) {
          mean[i] *= factor;
        }
        gradients.write(0, mean, 0, ELEMENTS);
        optimizer.step(parameters, gradients, RATE);
        parameters.read(0, weights, 0, ELEMENTS);
      }
    }
    return weights;
  }

  /** One worker alone waits in the last backward pass for shards to take in its first part. */
  @ParameterizedTest(name = "{0} workers, {1} micro-batches")
  @CsvSource({"1, 1", "1, 3", "1, 8", "2, 5"})
  void gradientsLeaveDuringTheBackwardPassAndHaveTheSameBits(int workers, int microBatches)
      throws Exception {
    try (ParameterServer server = ParameterServer.startEmbedded(2);
        RunControl control = open(server.endpoints(), workers, microBatches)) {
      CoordinatorEndpoint coordinator = coordinator(server.endpoints());
      List<Future<float[]>> ends =
          IntStream.range(0, workers)
              .mapToObj(
                  worker ->
                      threads.submit(
                          () ->
                              train(
                                  WorkerClientConfig.of(
                                      "run", worker, 1, coordinator, server.endpoints()),
                                  workers == 1 ? microBatches - 1 : NOWHERE)))
              .toList();
      float[] expected = expected(microBatches);
      for (Future<float[]> end : ends) {
        assertThat(end.get(100, TimeUnit.SECONDS)).isEqualTo(expected);
      }
    }
  }

  private static CoordinatorEndpoint coordinator(List<ShardEndpoint> endpoints) {
    return CoordinatorEndpoint.local(endpoints.get(0).aeronDirectory());
  }

  private RunControl open(List<ShardEndpoint> endpoints, int workers, int microBatches) {
    String start = Checkpoint.directory(output.toString(), 0);
    try (FlatVector zeros = FlatVector.allocate(ELEMENTS)) {
      Checkpoint.write(
          start,
          0,
          LAYOUT,
          zeros,
          new CheckpointDescription(
              JsonNodeFactory.instance.objectNode(), Optional.empty(), Optional.empty()));
    }
    RunSpecification run =
        new RunSpecification(
            "run",
            workers,
            new RunSpecification.Training(
                STEPS, microBatches, OptimizerConfig.sgd(), LearningRateSchedule.constant(RATE)),
            new RunSpecification.Checkpoints(start, output.toString(), 0),
            new RunSpecification.Timeouts(
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                Duration.ofSeconds(90),
                Duration.ofSeconds(60)));
    return RunControl.open(
        coordinator(endpoints),
        endpoints,
        run,
        RunSecurity.NONE,
        UpdateGuard.State.START,
        new Listener());
  }

  private static final class Listener implements RunListener {
    @Override
    public void stepCompleted(StepCompleted step) {}

    @Override
    public void workerJoined(int worker) {}

    @Override
    public void workerLost(int worker, WorkerLost.Cause cause, String reason) {}

    @Override
    public void replicaLost(int shard, int replica, String reason) {}

    @Override
    public void replicaJoined(int shard, int replica) {}

    @Override
    public void snapshotWritten(long step, int shard) {}

    @Override
    public void runFailed(String reason) {}

    @Override
    public void runFinished(long step) {}
  }
}
