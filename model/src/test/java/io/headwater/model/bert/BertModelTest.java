package io.headwater.model.bert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.model.Execution;
import io.headwater.model.GradientProgress;
import io.headwater.model.Losses;
import io.headwater.model.MaskedBatch;
import io.headwater.model.Measure;
import io.headwater.model.Model;
import io.headwater.model.ModelFamily;
import io.headwater.model.Objective;
import io.headwater.model.TokenBatch;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BertModelTest {
  private static final double STEP = 1e-5;

  @ParameterizedTest
  @EnumSource(
      value = Objective.class,
      names = {"MASKED_LM_NSP", "MASKED_LM"})
  void lossAndEveryGradientAgreeWithAnIndependentDoublePrecisionForwardPass(Objective objective) {
    BertConfig sizes = tiny(0, objective);
    MaskedBatch batch = batch();
    try (BertModel model = new BertModel(sizes, Execution.CPU)) {
      enliven(model);
      ToDoubleFunction<double[]> reference =
          parameters -> new ReferenceBert(sizes, model.layout(), parameters).loss(batch);
      double expected = reference.applyAsDouble(doubles(model.parameters()));
      assertThat(model.gradient(batch)).isCloseTo(expected, within(1e-5));
      double measured =
          model.measure(batch).stream()
              .filter(measure -> measure.name().endsWith("loss"))
              .mapToDouble(Measure::mean)
              .sum();
      assertThat(measured).isCloseTo(expected, within(1e-5));
      assertGradients(model, reference);
    }
  }

  /** Both of its losses are told apart, and their sum is what the gradient is of. */
  @Test
  void theLossesOfTokensAndOfPairsAreToldApart() {
    try (BertModel model = new BertModel(tiny(0, Objective.MASKED_LM_NSP), Execution.CPU)) {
      enliven(model);
      Losses losses = model.gradient(batch(), GradientProgress.NONE);
      List<Double> measured =
          model.measure(batch()).stream()
              .filter(measure -> measure.name().endsWith("loss"))
              .map(Measure::mean)
              .toList();
      assertThat(Objective.MASKED_LM_NSP.parts()).containsExactly("masked-lm", "next-sentence");
      assertThat(losses.parts()).hasSize(2);
      assertThat(losses.parts().get(0)).isCloseTo(measured.get(0), within(1e-6));
      assertThat(losses.parts().get(1)).isCloseTo(measured.get(1), within(1e-6));
    }
  }

  /** A product and a sum forward, and twice as much backward; padding and filling do not count. */
  @ParameterizedTest
  @EnumSource(
      value = Objective.class,
      names = {"MASKED_LM_NSP", "MASKED_LM"})
  void itsOperationsAreThoseOfTheReferencesProducts(Objective objective) {
    BertConfig sizes = tiny(0, objective);
    try (BertModel model = new BertModel(sizes, Execution.CPU)) {
      ReferenceBert reference =
          new ReferenceBert(sizes, model.layout(), doubles(model.parameters()));
      reference.loss(batch());
      assertThat(model.trainingFlops(batch())).isEqualTo(6.0 * reference.products());
    }
  }

  /** The same seed drops the same values, so the loss is a smooth function of the parameters. */
  @Test
  void gradientUnderDropoutIsThatOfTheLossWithTheSameMasks() {
    MaskedBatch batch = batch();
    try (BertModel model = new BertModel(tiny(0.3, Objective.MASKED_LM_NSP), Execution.CPU)) {
      enliven(model);
      model.gradient(batch);
      double[] gradient = doubles(model.gradients());
      double[] direction = new double[gradient.length];
      double norm = 0;
      for (double each : gradient) {
        norm += each * each;
      }
      for (int i = 0; i < direction.length; i++) {
        direction[i] = gradient[i] / Math.sqrt(norm);
      }
      double step = 1e-3;
      double above = lossAt(model, direction, step, batch);
      double below = lossAt(model, direction, -2 * step, batch);
      assertThat((above - below) / (2 * step))
          .isCloseTo(Math.sqrt(norm), within(1e-3 * Math.sqrt(norm)));
    }
  }

  @Test
  void dropoutIsAFunctionOfTheBatchsSeed() {
    MaskedBatch batch = batch();
    MaskedBatch other =
        new MaskedBatch(
            2,
            6,
            batch.inputs(),
            batch.segments(),
            batch.lengths(),
            batch.positions(),
            batch.targets(),
            batch.nextSentence(),
            batch.seed() + 1);
    try (BertModel model = new BertModel(tiny(0.3, Objective.MASKED_LM_NSP), Execution.CPU)) {
      enliven(model);
      double first = model.gradient(batch);
      double[] gradient = doubles(model.gradients());
      assertThat(model.gradient(other)).isNotEqualTo(first);
      model.gradients().fill(Float.NaN);
      assertThat(model.gradient(batch)).isEqualTo(first);
      assertThat(doubles(model.gradients())).isEqualTo(gradient);
    }
  }

  @Test
  void whatStandsBehindASequenceDoesNotMatter() {
    MaskedBatch batch = batch();
    try (BertModel model = new BertModel(tiny(0, Objective.MASKED_LM_NSP), Execution.CPU)) {
      enliven(model);
      double before = model.gradient(batch);
      batch.inputs()[10] = 7; // the second sequence has 4 of 6 tokens
      assertThat(model.gradient(batch)).isCloseTo(before, within(1e-6));
    }
  }

  @Test
  void countsRightPredictions() {
    try (BertModel model = new BertModel(tiny(0, Objective.MASKED_LM_NSP), Execution.CPU)) {
      model.initialize(1);
      // A bias that only token 3 has makes it the answer everywhere.
      model.parameters().set(model.layout().entry("cls.predictions.bias").offset() + 3, 100);
      MaskedBatch batch = batch();
      Measure accuracy = model.measure(batch).get(1);
      assertThat(accuracy.name()).isEqualTo("masked_accuracy");
      assertThat(accuracy.count()).isEqualTo(3);
      assertThat(accuracy.sum()).isEqualTo(1);
    }
  }

  @Test
  void presetsHaveThePublishedNumbersOfParameters() {
    ModelFamily family = ModelFamily.ofPreset("bert-base-uncased");
    // BertForPreTraining: 110,106,428 with the published vocabulary.
    assertThat(
            BertCheckpointMapping.pretraining(
                    BertCheckpointMapping.sizes(family.config("bert-base-uncased", 30_522)))
                .elements())
        .isEqualTo(110_106_428L);
  }

  @Test
  void configRoundTripsThroughItsJson() {
    for (Objective objective : BertFamily.OBJECTIVES) {
      BertConfig sizes = tiny(0.1, objective);
      assertThat(BertCheckpointMapping.sizes(BertCheckpointMapping.pretrainingConfig(sizes)))
          .isEqualTo(sizes);
    }
  }

  /** {@code BertForPreTraining} of the uncased vocabulary, the output layer tied. */
  @Test
  void bertBaseUncasedHasThePublishedNumberOfParameters() {
    ModelFamily family = ModelFamily.ofPreset("bert-base-uncased");
    assertThat(
            family
                .layout(family.config("bert-base-uncased", Objective.MASKED_LM_NSP, 30_522))
                .elements())
        .isEqualTo(110_106_428L);
  }

  @Test
  void refusesToGenerate() {
    ModelFamily family = ModelFamily.ofPreset("bert-tiny");
    assertThatThrownBy(() -> family.languageModel(family.config("bert-tiny", 100), Execution.CPU))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot predict the next token with a BERT");
  }

  private static BertConfig tiny(double dropout, Objective objective) {
    return new BertConfig(11, 8, 2, 2, 8, 12, dropout, dropout, 1e-5, objective);
  }

  private static MaskedBatch batch() {
    return new MaskedBatch(
        2,
        6,
        new int[] {2, 4, 6, 3, 9, 3, 2, 4, 8, 3, 0, 0},
        new int[] {0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0},
        new int[] {6, 4},
        new int[] {1, 4, 1, 0},
        new int[] {3, 9, 10, TokenBatch.IGNORED},
        new int[] {0, 1},
        5);
  }

  private static void assertGradients(Model model, ToDoubleFunction<double[]> reference) {
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

  private static double lossAt(BertModel model, double[] direction, double by, MaskedBatch batch) {
    for (int i = 0; i < direction.length; i++) {
      model.parameters().set(i, (float) (model.parameters().get(i) + by * direction[i]));
    }
    return model.gradient(batch);
  }

  /** Weights far from their small initial values, so that nothing is nearly linear. */
  private static void enliven(Model model) {
    model.initialize(3);
    Random random = new Random(4);
    for (long i = 0; i < model.layout().elements(); i++) {
      float value = model.parameters().get(i);
      model.parameters().set(i, value + (float) (0.3 * random.nextGaussian()));
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
