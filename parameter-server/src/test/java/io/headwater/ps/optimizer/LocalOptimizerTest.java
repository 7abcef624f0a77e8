package io.headwater.ps.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.UserException;
import io.headwater.ps.protocol.RunSpecification.Training;
import io.headwater.ps.testing.NaiveTraining;
import io.headwater.ps.testing.ToyModel;
import io.headwater.ps.testing.ToyRun;
import org.junit.jupiter.api.Test;

class LocalOptimizerTest {
  @Test
  void givesTheBitsOfTheNaiveLoop() {
    Training training = ToyRun.training(6, 1, OptimizerConfig.adamW().withGradientClip(0.5f));
    NaiveTraining naive = new NaiveTraining(training);
    naive.run(6);
    try (FlatVector parameters = vector(ToyModel.initialWeights());
        FlatVector gradients = FlatVector.allocate(ToyModel.ELEMENTS)) {
      LocalOptimizer optimizer = new LocalOptimizer(training.optimizer(), ToyModel.LAYOUT);
      double norm = 0;
      for (long step = 0; step < 6; step++) {
        gradients.write(0, ToyModel.gradient(array(parameters), step, 0), 0, ToyModel.ELEMENTS);
        norm = optimizer.step(parameters, gradients, training.learningRate().at(step));
      }
      ToyModel.assertSameBits(array(parameters), naive.weights());
      assertThat(norm).isEqualTo(naive.norm());
    }
  }

  @Test
  void refusesAnInfiniteGradientAndLeavesTheParameters() {
    try (FlatVector parameters = vector(ToyModel.initialWeights());
        FlatVector gradients = FlatVector.allocate(ToyModel.ELEMENTS)) {
      gradients.set(17, Float.POSITIVE_INFINITY);
      LocalOptimizer optimizer = new LocalOptimizer(OptimizerConfig.sgd(), ToyModel.LAYOUT);
      assertThatThrownBy(() -> optimizer.step(parameters, gradients, 0.1f))
          .isInstanceOf(ArithmeticException.class);
      ToyModel.assertSameBits(array(parameters), ToyModel.initialWeights());
    }
  }

  @Test
  void theScheduleWarmsUpDecaysAndStays() {
    LearningRateSchedule schedule = new LearningRateSchedule(1f, 0.1f, 4, 14);
    assertThat(schedule.at(0)).isEqualTo(0.2f);
    assertThat(schedule.at(3)).isEqualTo(0.8f);
    assertThat(schedule.at(4)).isEqualTo(1f);
    assertThat(schedule.at(9)).isCloseTo(0.55f, org.assertj.core.data.Offset.offset(1e-6f));
    assertThat(schedule.at(14)).isEqualTo(0.1f);
    assertThat(schedule.at(1_000)).isEqualTo(0.1f);
    assertThat(LearningRateSchedule.constant(0.5f).at(10_000)).isEqualTo(0.5f);
  }

  @Test
  void settingsOutOfRangeAreNamed() {
    assertThatThrownBy(() -> OptimizerConfig.adamW().withGradientClip(-1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("gradient-clip: -1.0");
    assertThatThrownBy(() -> new LearningRateSchedule(0, 0, 0, 0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("learning rate 0.0");
    assertThatThrownBy(() -> new LearningRateSchedule(1, 2, 0, 0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("minimum");
    assertThatThrownBy(() -> new LearningRateSchedule(1, 0, 10, 5))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("step 5");
  }

  @Test
  void finitenessIsSeenAtEveryPlace() {
    for (int at = 0; at < 11; at++) {
      float[] values = new float[11];
      values[at] = Float.MAX_VALUE;
      assertThat(Kernels.allFinite(values, 11)).isTrue();
      values[at] = at % 2 == 0 ? Float.NEGATIVE_INFINITY : Float.NaN;
      assertThat(Kernels.allFinite(values, 11)).isFalse();
    }
  }

  private static FlatVector vector(float[] values) {
    FlatVector vector = FlatVector.allocate(values.length);
    vector.write(0, values, 0, values.length);
    return vector;
  }

  private static float[] array(FlatVector vector) {
    float[] values = new float[ToyModel.ELEMENTS];
    vector.read(0, values, 0, values.length);
    return values;
  }
}
