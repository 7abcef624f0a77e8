package io.headwater.ps;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.protocol.RunSpecification.Training;
import io.headwater.ps.server.ParameterServer;
import io.headwater.ps.testing.NaiveTraining;
import io.headwater.ps.testing.RecordedEvents;
import io.headwater.ps.testing.ToyModel;
import io.headwater.ps.testing.ToyRun;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class BitEqualTrainingTest {
  private static final int STEPS = 8;

  @TempDir Path output;

  static Stream<Arguments> shapes() {
    OptimizerConfig clipped = OptimizerConfig.adamW().withGradientClip(0.5f);
    OptimizerConfig plain = OptimizerConfig.sgd().withWeightDecay(0.1f);
    return Stream.of(
        Arguments.of(1, 1, clipped),
        Arguments.of(2, 1, clipped),
        Arguments.of(2, 2, clipped),
        Arguments.of(3, 3, clipped),
        Arguments.of(1, 3, plain),
        Arguments.of(2, 2, plain),
        Arguments.of(3, 1, OptimizerConfig.adamW().withGradientClip(0)));
  }

  @ParameterizedTest(name = "{0} workers, {1} shards, {2}")
  @MethodSource("shapes")
  void anyNumberOfWorkersAndShardsGivesTheNaiveBits(
      int workers, int shards, OptimizerConfig optimizer) throws Exception {
    Training training = ToyRun.training(STEPS, 6, optimizer);
    NaiveTraining naive = new NaiveTraining(training);
    naive.run(STEPS);
    RecordedEvents events = new RecordedEvents();
    try (ParameterServer server = ParameterServer.startEmbedded(shards);
        ToyRun run = new ToyRun(server.endpoints())) {
      String from = ToyModel.writeInitial(output);
      run.open(run.specification(workers, training, from, output, 0), events);
      for (float[] weights : run.runWorkers(workers)) {
        ToyModel.assertSameBits(weights, naive.weights());
      }
      assertThat(events.awaitEnd()).isEqualTo("finished " + STEPS);
    }
    assertThat(events.steps()).hasSize(STEPS);
    if (optimizer.clips()) {
      assertThat(events.steps().get(STEPS - 1).gradientNorm()).isEqualTo(naive.norm());
      assertThat(events.steps().get(STEPS - 1).clipped()).isTrue();
    }
  }
}
