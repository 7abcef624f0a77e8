package io.headwater.ps;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointCommit;
import io.headwater.checkpoint.FlatVector;
import io.headwater.ps.coordinator.RunControl;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.protocol.RunSpecification.Training;
import io.headwater.ps.server.ParameterServer;
import io.headwater.ps.testing.NaiveTraining;
import io.headwater.ps.testing.RecordedEvents;
import io.headwater.ps.testing.ToyModel;
import io.headwater.ps.testing.ToyRun;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SnapshotTest {
  private static final Training TRAINING =
      ToyRun.training(10, 6, OptimizerConfig.adamW().withGradientClip(0.5f));

  @TempDir Path output;

  @Test
  void keepsSnapshotsPeriodicallyAndAtTheEnd() throws Exception {
    RecordedEvents events = train(ToyModel.writeInitial(output), 2, 2, 4);
    assertThat(events.awaitEnd()).isEqualTo("finished 10");
    assertThat(events.snapshots())
        .containsExactlyInAnyOrder("4/0", "4/1", "8/0", "8/1", "10/0", "10/1");
    ToyModel.assertSameBits(weights(commit(8, 2)), naive(8));
    ToyModel.assertSameBits(weights(commit(10, 2)), naive(10));
  }

  @Test
  void goesOnBitForBitWithOtherShardsAndWorkers() throws Exception {
    assertThat(train(ToyModel.writeInitial(output), 2, 3, 4).awaitEnd()).isEqualTo("finished 10");
    String middle = commit(4, 3);
    RecordedEvents events = train(middle, 3, 1, 0);
    assertThat(events.awaitEnd()).isEqualTo("finished 10");
    assertThat(events.steps()).hasSize(6);
    ToyModel.assertSameBits(weights(commit(10, 1)), naive(10));
  }

  @Test
  void aStopEndsTheRunAtTheNextStepWithASnapshot() throws Exception {
    AtomicReference<RunControl> control = new AtomicReference<>();
    RecordedEvents events = new RecordedEvents();
    events.onStep(
        () -> {
          RunControl known = control.get();
          if (known != null) {
            known.requestStop();
          }
        });
    Training endless = ToyRun.training(100_000, 6, TRAINING.optimizer());
    long ended;
    try (ParameterServer server = ParameterServer.startEmbedded(2);
        ToyRun run = new ToyRun(server.endpoints())) {
      String from = ToyModel.writeInitial(output);
      control.set(run.open(run.specification(2, endless, from, output, 0), events));
      run.runWorkers(2);
      assertThat(events.awaitEnd()).startsWith("finished ");
      ended = server.awaitRunEnd().step();
    }
    assertThat(ended).isPositive().isLessThan(1000);
    assertThat(events.steps()).hasSize((int) ended);
    ToyModel.assertSameBits(weights(commit(ended, 2)), naive(ended));
  }

  @Test
  void aRunThatStartsAtItsLastStepFinishesAtOnce() throws Exception {
    assertThat(train(ToyModel.writeInitial(output), 1, 1, 0).awaitEnd()).isEqualTo("finished 10");
    RecordedEvents events = train(commit(10, 1), 2, 2, 0);
    assertThat(events.awaitEnd()).isEqualTo("finished 10");
    assertThat(events.steps()).isEmpty();
    assertThat(events.snapshots()).isEmpty();
  }

  private RecordedEvents train(String from, int workers, int shards, long every) throws Exception {
    RecordedEvents events = new RecordedEvents();
    try (ParameterServer server = ParameterServer.startEmbedded(shards);
        ToyRun run = new ToyRun(server.endpoints())) {
      run.open(run.specification(workers, TRAINING, from, output, every), events);
      run.runWorkers(workers);
      events.awaitEnd();
    }
    return events;
  }

  private String commit(long step, int shards) {
    return new CheckpointCommit(output.toString(), ToyModel.LAYOUT, shards)
        .commit(step, ToyModel.description());
  }

  private static float[] naive(long steps) {
    NaiveTraining naive = new NaiveTraining(TRAINING);
    naive.run(steps);
    return naive.weights();
  }

  private static float[] weights(String checkpoint) {
    try (Checkpoint opened = Checkpoint.open(checkpoint);
        FlatVector vector = FlatVector.allocate(ToyModel.ELEMENTS)) {
      opened.readWeights(vector);
      float[] weights = new float[ToyModel.ELEMENTS];
      vector.read(0, weights, 0, weights.length);
      return weights;
    }
  }
}
