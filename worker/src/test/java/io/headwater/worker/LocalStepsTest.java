package io.headwater.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.GradientProgress;
import io.headwater.model.Losses;
import io.headwater.ps.optimizer.LearningRateSchedule;
import io.headwater.ps.optimizer.OptimizerConfig;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LocalStepsTest {
  private static final TensorLayout LAYOUT = TensorLayout.builder().add("w", 5).build();
  private static final LearningRateSchedule RATE = new LearningRateSchedule(0.1f, 0.01f, 0, 100);

  private final FlatVector weights = FlatVector.allocate(5);
  private final FlatVector gradient = FlatVector.allocate(5);
  private final List<String> asked = new ArrayList<>();

  @AfterEach
  void free() {
    weights.close();
    gradient.close();
  }

  /** Half the squared distance from (m + 1), which is the loss too. */
  private final class Parabola implements GradientSource {
    @Override
    public FlatVector vector() {
      return gradient;
    }

    @Override
    public Outcome compute(long step, int microBatch, GradientProgress progress) {
      asked.add(step + "/" + microBatch);
      double loss = 0;
      for (int i = 0; i < 5; i++) {
        float distance = weights.get(i) - (microBatch + 1);
        gradient.set(i, distance);
        loss += 0.5 * distance * distance;
      }
      return new Outcome(Losses.one(loss), 7, 11, 0.5);
    }

    @Override
    public void close() {}
  }

  private LocalSteps steps(int count, OptimizerConfig optimizer) {
    return new LocalSteps(
        LAYOUT, weights, new Parabola(), new LocalTraining(count, optimizer, RATE), new Metrics(0));
  }

  @Test
  void givesTheWayThatTheStepsHaveGoneAndGoesBack() {
    weights.fill(5f);
    try (LocalSteps local = steps(3, OptimizerConfig.sgd())) {
      GradientSource.Outcome moved = local.compute(20, 1, GradientProgress.NONE);
      double w = 5;
      double loss = 0;
      for (int i = 0; i < 3; i++) {
        loss += 5 * 0.5 * (w - 2) * (w - 2);
        w -= RATE.at(20 + i) * (w - 2);
      }
      assertThat(asked).containsExactly("20/1", "21/1", "22/1");
      assertThat((double) local.vector().get(4)).isCloseTo(5 - w, within(1e-6));
      assertThat(moved.losses().sum()).isCloseTo(loss / 3, within(1e-5));
      assertThat(moved.tokens()).isEqualTo(21);
      assertThat(moved.flops()).isEqualTo(33);
      assertThat(moved.dataSeconds()).isEqualTo(1.5);
      assertThat(weights.get(4)).isEqualTo(5f);
    }
  }

  @Test
  void replicasKeepTheirOptimizersStateApart() {
    OptimizerConfig adamW = OptimizerConfig.adamW().withWeightDecay(0).withGradientClip(0);
    weights.fill(5f);
    float alone;
    try (LocalSteps local = steps(2, adamW)) {
      local.compute(0, 0, GradientProgress.NONE);
      local.compute(2, 0, GradientProgress.NONE);
      alone = local.vector().get(0);
    }
    try (LocalSteps local = steps(2, adamW)) {
      local.compute(0, 0, GradientProgress.NONE);
      local.compute(0, 3, GradientProgress.NONE);
      local.compute(2, 0, GradientProgress.NONE);
      assertThat(local.vector().get(0)).isEqualTo(alone);
    }
    try (LocalSteps fresh = steps(2, adamW)) {
      fresh.compute(2, 0, GradientProgress.NONE);
      assertThat(fresh.vector().get(0)).isNotEqualTo(alone);
    }
  }
}
