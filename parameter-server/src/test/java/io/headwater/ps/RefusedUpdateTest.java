package io.headwater.ps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.headwater.ps.client.StepPlan;
import io.headwater.ps.client.WorkerClient;
import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.coordinator.StepCompleted;
import io.headwater.ps.coordinator.StepFigures;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.protocol.MicroBatchFigures;
import io.headwater.ps.protocol.MicroBatchRange;
import io.headwater.ps.protocol.RunSpecification.Training;
import io.headwater.ps.server.ParameterServer;
import io.headwater.ps.testing.RecordedEvents;
import io.headwater.ps.testing.ToyModel;
import io.headwater.ps.testing.ToyRun;
import io.headwater.ps.testing.ToyWorker;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class RefusedUpdateTest {
  private static final int STEPS = 40;
  private static final int BAD_STEP = 25; // the guard has seen enough by then

  @TempDir Path output;

  private final RecordedEvents events = new RecordedEvents();
  private final Map<Long, float[]> weights = new ConcurrentHashMap<>(); // by step

  /** Worker 1, that spoils the gradients of its first micro-batch in some steps. */
  private final class Spoiler extends ToyWorker {
    private final LongPredicate badSteps;
    private final float factor;

    Spoiler(WorkerClientConfig config, LongPredicate badSteps, float factor) {
      super(config);
      this.badSteps = badSteps;
      this.factor = factor;
    }

    @Override
    protected void step(WorkerClient client, StepPlan plan, float[] current) {
      weights.put(plan.step(), current.clone());
      boolean bad = badSteps.test(plan.step());
      plan.microBatches()
          .forEach(
              m ->
                  client.report(plan, m, MicroBatchFigures.of(3, bad && m == 2 ? factor : 1, 100)));
      for (MicroBatchRange node : plan.nodes()) {
        float[] gradient = ToyModel.gradient(current, plan.step(), node);
        if (bad) {
          gradient[46_105] *= factor;
        }
        client.gradients().write(0, gradient, 0, gradient.length);
        client.push(plan, node);
      }
    }
  }

  private String train(OptimizerConfig optimizer, LongPredicate badSteps, float factor)
      throws Exception {
    Training training = ToyRun.training(STEPS, 4, optimizer).withGuard(10);
    try (ParameterServer server = ParameterServer.startEmbedded(2);
        ToyRun run = new ToyRun(server.endpoints())) {
      run.open(run.specification(2, training, ToyModel.writeInitial(output), output, 0), events);
      run.start(new ToyWorker(run.worker(0, 1)));
      Future<float[]> spoiler = run.start(new Spoiler(run.worker(1, 1), badSteps, factor));
      String end = events.awaitEnd();
      if (end.startsWith("finished")) {
        spoiler.get(30, TimeUnit.SECONDS);
      }
      return end;
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OptimizerConfig.Kind.class,
      names = {"ADAMW", "LAMB"})
  void anUpdateOutOfAllProportionLeavesTheWeightsAsTheyAre(OptimizerConfig.Kind kind)
      throws Exception {
    OptimizerConfig optimizer = new OptimizerConfig(kind, 0.9f, 0.99f, 1e-8f, 0.01f, 1f);
    assertThat(train(optimizer, step -> step == BAD_STEP, 1e7f)).isEqualTo("finished " + STEPS);

    assertOnlyBadStepIsRefused();
    StepCompleted after = events.steps().get(BAD_STEP + 1);
    assertThat(after.gradientNorm()).isLessThan(10 * after.guard().average());
  }

  @Test
  void aGradientThatIsNotFiniteIsRefused() throws Exception {
    assertThat(train(OptimizerConfig.adamW(), step -> step == BAD_STEP, Float.NaN))
        .isEqualTo("finished " + STEPS);

    assertOnlyBadStepIsRefused();
    assertThat(events.steps().get(BAD_STEP).gradientNorm()).isNaN();
  }

  private void assertOnlyBadStepIsRefused() {
    assertThat(events.steps().stream().filter(StepCompleted::refused).map(StepCompleted::step))
        .containsExactly(BAD_STEP + 1L);
    assertThat(weights.get(BAD_STEP + 1L)).isEqualTo(weights.get((long) BAD_STEP));
    assertThat(weights.get(BAD_STEP + 2L)).isNotEqualTo(weights.get(BAD_STEP + 1L));
    assertSizeOfFirstUpdate();
  }

  private void assertSizeOfFirstUpdate() {
    StepFigures first = events.steps().get(0).figures();
    float[] before = weights.get(0L);
    float[] after = weights.get(1L);
    double weightSquares = 0;
    double updateSquares = 0;
    for (int i = 0; i < after.length; i++) {
      weightSquares += (double) after[i] * after[i];
      updateSquares += (double) (after[i] - before[i]) * (after[i] - before[i]);
    }
    assertThat(first.weightNorm()).isCloseTo(Math.sqrt(weightSquares), withinPercentage(1e-9));
    assertThat(first.updateNorm()).isCloseTo(Math.sqrt(updateSquares), withinPercentage(1e-9));
    assertThat(events.steps().get(1).figures().weightNorm()).isNaN();
  }

  @Test
  void tenRefusedInARowEndTheRunAndNameTheMicroBatch() throws Exception {
    assertThat(train(OptimizerConfig.sgd(), step -> step >= BAD_STEP, Float.NaN))
        .contains("step " + (BAD_STEP + 9))
        .contains("10 updates in a row were refused")
        .contains("micro-batch 2 (worker 1, gradient norm NaN");
    assertThat(weights.get(BAD_STEP + 9L)).isEqualTo(weights.get((long) BAD_STEP));
  }
}
