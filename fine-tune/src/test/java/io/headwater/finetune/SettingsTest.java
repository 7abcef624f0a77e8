package io.headwater.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.ps.optimizer.LocalOptimizer;
import io.headwater.ps.optimizer.OptimizerConfig;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the settings of a training do, each by itself. */
class SettingsTest {
  /** Against an optimizer of each layer's own rate. */
  @Test
  void layersBelowLearnAtSmallerRates() {
    List<String> names =
        List.of(
            "bert.embeddings.word_embeddings.weight",
            "bert.encoder.layer.0.output.dense.weight",
            "bert.encoder.layer.1.output.dense.weight",
            "classifier.weight");
    double[] factors = {0.125, 0.25, 0.5, 1};
    TensorLayout.Builder builder = TensorLayout.builder();
    names.forEach(name -> builder.add(name, 3, 2));
    TensorLayout layout = builder.build();
    OptimizerConfig adamW =
        new OptimizerConfig(OptimizerConfig.Kind.ADAMW, 0.9f, 0.999f, 1e-8f, 0.1f, 0);
    try (FlatVector weights = FlatVector.allocate(24);
        FlatVector gradients = FlatVector.allocate(24)) {
      SplittableRandom random = new SplittableRandom(1);
      float[][] alone = new float[4][6];
      for (int i = 0; i < 24; i++) {
        weights.set(i, (float) random.nextDouble());
        alone[i / 6][i % 6] = weights.get(i);
      }
      LayerRates rates = new LayerRates(layout, 0.5f);
      LocalOptimizer optimizer = new LocalOptimizer(adamW, layout);
      TensorLayout one = TensorLayout.builder().add("w.weight", 3, 2).build();
      List<LocalOptimizer> each =
          IntStream.range(0, 4).mapToObj(i -> new LocalOptimizer(adamW, one)).toList();
      for (int step = 0; step < 5; step++) {
        for (int i = 0; i < 24; i++) {
          gradients.set(i, (float) (random.nextDouble() - 0.5));
        }
        for (int tensor = 0; tensor < 4; tensor++) {
          float rate = (float) (0.01 * factors[tensor]);
          step(each.get(tensor), alone[tensor], gradients, tensor * 6, rate);
        }
        rates.keep(weights);
        optimizer.step(weights, gradients, 0.01f);
        rates.slow(weights);
      }
      for (int i = 0; i < 24; i++) {
        assertThat(weights.get(i)).isCloseTo(alone[i / 6][i % 6], within(1e-6f));
      }
    }
  }

  private static void step(
      LocalOptimizer optimizer, float[] values, FlatVector gradients, int from, float rate) {
    try (FlatVector weights = FlatVector.allocate(values.length);
        FlatVector own = FlatVector.allocate(values.length)) {
      for (int i = 0; i < values.length; i++) {
        weights.set(i, values[i]);
        own.set(i, gradients.get(from + i));
      }
      optimizer.step(weights, own, rate);
      weights.read(0, values, 0, values.length);
    }
  }

  @Test
  void batchesOfLikeLengthHaveLessPaddingAndAllExamples() {
    SplittableRandom random = new SplittableRandom(3);
    int[] lengths = IntStream.range(0, 1000).map(i -> 5 + random.nextInt(100)).toArray();
    BatchOrder mixed = new BatchOrder(lengths, 16, 1, false);
    BatchOrder bucketed = new BatchOrder(lengths, 16, 1, true);
    assertThat(padded(bucketed.epoch(0), lengths)).isLessThan(padded(mixed.epoch(0), lengths) / 4);
    assertThat(bucketed.epoch(0)).hasSize(63);
    Set<Integer> seen = new HashSet<>();
    bucketed.epoch(0).forEach(batch -> Arrays.stream(batch).forEach(seen::add));
    assertThat(seen).hasSize(1000);
    assertThat(bucketed.epoch(0).get(0)).isNotEqualTo(bucketed.epoch(1).get(0));
    assertThat(bucketed.epoch(2).get(5)).isEqualTo(bucketed.epoch(2).get(5));
  }

  private static long padded(List<int[]> batches, int[] lengths) {
    return batches.stream()
        .mapToLong(
            batch -> {
              int longest = Arrays.stream(batch).map(row -> lengths[row]).max().orElseThrow();
              return Arrays.stream(batch).mapToLong(row -> longest - lengths[row]).sum();
            })
        .sum();
  }

  @Test
  void balancedWeightsMakeEveryLabelCountTheSame() {
    Labels labels = new Labels(List.of("rare", "common", "absent"));
    float[] weights = ClassWeights.parse("balanced").ofLabels(labels, new int[] {0, 1, 1, 1});
    assertThat(weights).containsExactly(4f / 3, 4f / 9, 0);
  }

  @Test
  void weightsByNameLeaveTheOthersAtOne() {
    Labels labels = new Labels(List.of("a", "b=c"));
    assertThat(ClassWeights.parse("b=c=2.5").ofLabels(labels, new int[] {0}))
        .containsExactly(1, 2.5f);
    for (String wrong : List.of("a", "a=x", "a=-1", "a=0")) {
      assertThatThrownBy(() -> ClassWeights.parse(wrong)).isInstanceOf(UserException.class);
    }
  }

  @Test
  void aShareIsDrawnOfEachClass() {
    List<Integer> examples = IntStream.range(0, 1000).boxed().toList();
    List<Integer> drawn =
        Draw.of(
            examples,
            i -> Optional.of(i % 10 == 0 ? "tens" : "others"),
            FineTuneSettings.Selection.ALL.withTrainShare(0.1),
            4,
            "f");
    assertThat(drawn).hasSize(100).isSorted();
    assertThat(drawn.stream().filter(i -> i % 10 == 0)).hasSize(10);
  }

  @Test
  void deviationIsThatOfASample() {
    SeededRuns.Spread spread = SeededRuns.Spread.of(new double[] {1, 2, 6});
    assertThat(spread.mean()).isCloseTo(3, within(1e-12));
    assertThat(spread.deviation()).isCloseTo(Math.sqrt(7), within(1e-12));
  }
}
