package io.headwater.model.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.model.Execution;
import io.headwater.model.Measure;
import io.headwater.model.ModelFamily;
import io.headwater.model.SpanBatch;
import io.headwater.model.TokenBatch;
import io.headwater.model.tensor.Engine;
import io.headwater.model.tensor.ParameterSpace;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class T5ModelTest {
  private static final double STEP = 1e-5;

  @Test
  void lossAndEveryGradientAgreeWithAnIndependentDoublePrecisionForwardPass() {
    T5Config sizes = tiny(0);
    SpanBatch batch = batch(5);
    try (T5Model model = new T5Model(sizes, Execution.CPU)) {
      enliven(model);
      ToDoubleFunction<double[]> reference =
          parameters -> new ReferenceT5(sizes, model.layout(), parameters).loss(batch);
      double expected = reference.applyAsDouble(doubles(model.parameters()));
      assertThat(model.gradient(batch)).isCloseTo(expected, within(1e-5));
      Measure loss = model.measure(batch).get(0);
      assertThat(loss.mean()).isCloseTo(expected, within(1e-5));
      assertThat(loss.count()).isEqualTo(8);
      assertGradients(model, reference);
    }
  }

  /** The same seed drops the same values, so the loss is a smooth function of the parameters. */
  @Test
  void gradientUnderDropoutIsThatOfTheLossWithTheSameMasks() {
    SpanBatch batch = batch(5);
    try (T5Model model = new T5Model(tiny(0.3), Execution.CPU)) {
      model.initialize(3);
      model.gradient(batch);
      double[] gradient = doubles(model.gradients());
      double norm = 0;
      for (double each : gradient) {
        norm += each * each;
      }
      norm = Math.sqrt(norm);
      double step = 5e-4;
      double above = lossAt(model, gradient, step / norm, batch);
      double below = lossAt(model, gradient, -2 * step / norm, batch);
      assertThat((above - below) / (2 * step)).isCloseTo(norm, within(2e-3 * norm));
    }
  }

  @Test
  void dropoutIsAFunctionOfTheBatchsSeed() {
    try (T5Model model = new T5Model(tiny(0.3), Execution.CPU)) {
      enliven(model);
      double first = model.gradient(batch(5));
      double[] gradient = doubles(model.gradients());
      assertThat(model.gradient(batch(6))).isNotEqualTo(first);
      model.gradients().fill(Float.NaN);
      assertThat(model.gradient(batch(5))).isEqualTo(first);
      assertThat(doubles(model.gradients())).isEqualTo(gradient);
    }
  }

  @Test
  void whatStandsBehindAnInputDoesNotMatter() {
    SpanBatch batch = batch(5);
    try (T5Model model = new T5Model(tiny(0), Execution.CPU)) {
      enliven(model);
      double before = model.gradient(batch);
      batch.inputs()[11] = 7; // the second input has 4 of 7 tokens
      assertThat(model.gradient(batch)).isCloseTo(before, within(1e-6));
    }
  }

  /** Of the published function with 32 buckets and a largest distance of 128. */
  @Test
  void distancesFallIntoThePublishedBuckets() {
    T5Config sizes =
        T5CheckpointMapping.sizes(ModelFamily.ofPreset("t5-small").config("t5-small", 1000));
    assertThat(buckets(sizes, false, -200, -128, -64, -16, -9, -8, -7, -1, 0, 1, 7, 8, 16, 200))
        .containsExactly(15, 15, 14, 10, 8, 8, 7, 1, 0, 17, 23, 24, 26, 31);
    assertThat(buckets(sizes, true, -200, -128, -64, -32, -17, -16, -15, -1, 0, 1, 9))
        .containsExactly(31, 31, 26, 21, 16, 16, 15, 1, 0, 0, 0);
  }

  @Test
  void presetsHaveThePublishedNumbersOfParameters() {
    assertThat(published("t5-small")).isEqualTo(60_506_624L);
    assertThat(published("t5-base")).isEqualTo(222_903_552L);
  }

  /** Prompts are ended, and both sides filled up to a multiple of eight or the context. */
  @Test
  void examplesOfWritingHavePromptsInAndTextsOut() {
    try (T5Model model = new T5Model(tiny(0), Execution.CPU)) {
      SpanBatch batch =
          model
              .examples(
                  List.of(new int[] {1, 2, 3}, new int[] {4}),
                  List.of(new int[] {5, 12}, new int[] {12}),
                  0.1,
                  7)
              .as(SpanBatch.class);
      assertThat(batch.lengths()).containsExactly(4, 2);
      assertThat(batch.inputs())
          .containsExactly(1, 2, 3, 12, 11, 11, 11, 11, 4, 12, 11, 11, 11, 11, 11, 11);
      assertThat(batch.targets())
          .containsExactly(5, 12, -1, -1, -1, -1, -1, -1, 12, -1, -1, -1, -1, -1, -1, -1);
      assertThat(batch.labelSmoothing()).isEqualTo(0.1);
      assertThat(batch.seed()).isEqualTo(7);
    }
  }

  @Test
  void configRoundTripsThroughItsJson() {
    T5Config sizes = tiny(0.1);
    assertThat(T5CheckpointMapping.sizes(T5CheckpointMapping.config(sizes))).isEqualTo(sizes);
  }

  @Test
  void refusesGatedFeedForwardLayers() {
    assertThatThrownBy(
            () ->
                SpanTokens.of(
                    T5CheckpointMapping.config(tiny(0)).put("feed_forward_proj", "gated-gelu")))
        .isInstanceOf(UserException.class)
        .hasMessage("Cannot read a T5 with feed_forward_proj gated-gelu: must be relu");
  }

  private static List<Integer> buckets(T5Config sizes, boolean causal, int... distances) {
    TensorLayout layout =
        TensorLayout.builder().add("bias", sizes.buckets(), sizes.heads()).build();
    try (ParameterSpace space = new ParameterSpace(layout, Engine.device(Execution.CPU))) {
      RelativePositions positions = new RelativePositions(space, "bias", sizes, causal);
      return Arrays.stream(distances).map(positions::bucket).boxed().toList();
    }
  }

  private static long published(String preset) {
    SpanTokens tokens = new SpanTokens(32_128, 0, 1, 32_099);
    return T5CheckpointMapping.layout(T5Presets.ALL.get(preset).config(tokens)).elements();
  }

  /** A product and a sum forward, and twice as much backward; padding does not count. */
  @Test
  void itsOperationsAreThoseOfTheReferencesProducts() {
    try (T5Model model = new T5Model(tiny(0), Execution.CPU)) {
      ReferenceT5 reference = new ReferenceT5(tiny(0), model.layout(), doubles(model.parameters()));
      reference.loss(batch(5));
      assertThat(model.trainingFlops(batch(5))).isEqualTo(6.0 * reference.products());
    }
  }

  /** Heads wider than the hidden size, few buckets, so that some distances share one. */
  static T5Config tiny(double dropout) {
    return new T5Config(
        new SpanTokens(113, 11, 12, 112), 8, 2, 2, 2, 5, 8, 12, 8, 9, dropout, 1e-6);
  }

  private static SpanBatch batch(long seed) {
    return new SpanBatch(
        2,
        new int[] {2, 4, 112, 3, 9, 111, 12, 5, 112, 8, 12, 11, 11, 11},
        new int[] {7, 4},
        new int[] {112, 6, 7, 111, 12, 112, 10, 12, TokenBatch.IGNORED, TokenBatch.IGNORED},
        seed);
  }

  private static void assertGradients(T5Model model, ToDoubleFunction<double[]> reference) {
    double[] gradients = doubles(model.gradients());
    double[] parameters = doubles(model.parameters());
    for (TensorLayout.Entry tensor : model.layout().entries()) {
      for (int i = (int) tensor.offset(); i < tensor.end(); i++) {
        double kept = parameters[i];
        parameters[i] = kept + STEP;
        double above = reference.applyAsDouble(parameters);
        parameters[i] = kept - STEP;
        double below = reference.applyAsDouble(parameters);
        parameters[i] = kept;
        assertThat(gradients[i])
            .as("%s[%d]", tensor.name(), i - tensor.offset())
            .isCloseTo((above - below) / (2 * STEP), within(1e-4));
      }
    }
  }

  private static double lossAt(T5Model model, double[] direction, double by, SpanBatch batch) {
    for (int i = 0; i < direction.length; i++) {
      model.parameters().set(i, (float) (model.parameters().get(i) + by * direction[i]));
    }
    return model.gradient(batch);
  }

  /** Weights whose scores are neither equal nor all but one negligible. */
  static void enliven(T5Model model) {
    model.initialize(3);
    Random random = new Random(4);
    for (long i = 0; i < model.layout().elements(); i++) {
      float value = model.parameters().get(i);
      model.parameters().set(i, value + (float) (0.1 * random.nextGaussian()));
    }
  }

  private static double[] doubles(FlatVector vector) {
    double[] values = new double[(int) vector.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = vector.get(i);
    }
    return values;
  }
}
