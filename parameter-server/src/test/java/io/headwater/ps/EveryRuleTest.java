package io.headwater.ps;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.checkpoint.CheckpointCommit;
import io.headwater.checkpoint.FlatVector;
import io.headwater.ps.optimizer.LocalOptimizer;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.optimizer.OptimizerConfig.Kind;
import io.headwater.ps.protocol.MicroBatchRange;
import io.headwater.ps.protocol.RunSpecification.Training;
import io.headwater.ps.server.ParameterServer;
import io.headwater.ps.testing.RecordedEvents;
import io.headwater.ps.testing.ToyModel;
import io.headwater.ps.testing.ToyRun;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every update rule over any number of shards, and resumed, beside the same in one process. */
@Timeout(120)
class EveryRuleTest {
  private static final int STEPS = 6;
  private static final int MICRO_BATCHES = 4;

  @TempDir Path output;

  private static Training training(Kind kind) {
    return ToyRun.training(
        STEPS, MICRO_BATCHES, new OptimizerConfig(kind, 0.9f, 0.95f, 1e-8f, 0.1f, 0.5f));
  }

  @ParameterizedTest
  @EnumSource
  void anyNumberOfShardsGivesTheBitsOfOneProcess(Kind kind) throws Exception {
    Training training = training(kind);
    float[] expected = inOneProcess(training);
    String from = ToyModel.writeInitial(output);
    for (int shards = 1; shards <= 3; shards++) {
      ToyModel.assertSameBits(
          train(training, from, output.resolve("shards-" + shards), shards, 0), expected);
    }
  }

  @ParameterizedTest
  @EnumSource
  void goesOnFromACheckpointWithOtherShardsAndTheSameBits(Kind kind) throws Exception {
    Training training = training(kind);
    String from = ToyModel.writeInitial(output);
    float[] expected = train(training, from, output, 3, 4);
    String half =
        new CheckpointCommit(output.toString(), ToyModel.LAYOUT, 3)
            .commit(4, ToyModel.description());
    ToyModel.assertSameBits(train(training, half, output.resolve("on"), 2, 0), expected);
  }

  private static float[] train(Training training, String from, Path output, int shards, long every)
      throws Exception {
    RecordedEvents events = new RecordedEvents();
    try (ParameterServer server = ParameterServer.startEmbedded(shards);
        ToyRun run = new ToyRun(server.endpoints())) {
      run.open(run.specification(2, training, from, output, every), events);
      float[] weights = run.runWorkers(2).get(0);
      assertThat(events.awaitEnd()).isEqualTo("finished " + STEPS);
      return weights;
    }
  }

  private static float[] inOneProcess(Training training) {
    float[] weights = ToyModel.initialWeights();
    try (FlatVector parameters = FlatVector.allocate(ToyModel.ELEMENTS);
        FlatVector gradients = FlatVector.allocate(ToyModel.ELEMENTS)) {
      parameters.write(0, weights, 0, weights.length);
      LocalOptimizer optimizer = new LocalOptimizer(training.optimizer(), ToyModel.LAYOUT);
      for (long step = 0; step < STEPS; step++) {
        float[] sum = ToyModel.gradient(weights, step, new MicroBatchRange(0, MICRO_BATCHES));
        for (int i = 0; i < sum.length; i++) {
          sum[i] *= 1f / MICRO_BATCHES;
        }
        gradients.write(0, sum, 0, sum.length);
        optimizer.step(parameters, gradients, training.learningRate().at(step));
        parameters.read(0, weights, 0, weights.length);
      }
    }
    return weights;
  }
}
