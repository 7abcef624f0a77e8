package io.headwater.model.gpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.model.Execution;
import io.headwater.model.Objective;
import io.headwater.model.TokenBatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class GptModelTest {
  private static final GptConfig TINY = new GptConfig(11, 8, 2, 2, 8, 1e-5);
  private static final GptConfig DROPPING =
      new GptConfig(
          11,
          8,
          2,
          2,
          8,
          1e-5,
          new GptDropout(0.1, 0.2, 0.3),
          Objective.CAUSAL_LM_WITHIN_DOCUMENTS);
  private static final double STEP = 1e-5;

  @Test
  void lossAgreesWithAnIndependentDoublePrecisionForwardPass() {
    try (GptModel model = lively(TINY)) {
      TokenBatch batch = batch(3, 7, 1);
      double expected = referenceLoss(model.layout(), toDoubles(model.parameters()), batch);
      assertThat(model.loss(batch)).isCloseTo(expected, within(1e-5));
      assertThat(model.gradient(batch)).isCloseTo(expected, within(1e-5));
    }
  }

  @Test
  void gradientOfEveryParameterAgreesWithFiniteDifferences() {
    try (GptModel model = lively(TINY)) {
      TokenBatch batch = batch(2, 6, 2);
      batch.targets()[3] = TokenBatch.IGNORED;
      model.gradient(batch);
      double[] gradients = toDoubles(model.gradients());
      double[] parameters = toDoubles(model.parameters());
      for (TensorLayout.Entry tensor : model.layout().entries()) {
        for (int i = (int) tensor.offset(); i < tensor.end(); i++) {
          double kept = parameters[i];
          parameters[i] = kept + STEP;
          double above = referenceLoss(model.layout(), parameters, batch);
          parameters[i] = kept - STEP;
          double below = referenceLoss(model.layout(), parameters, batch);
          parameters[i] = kept;
          assertThat(gradients[i])
              .as("%s[%d]", tensor.name(), i - tensor.offset())
              .isCloseTo((above - below) / (2 * STEP), within(2e-5));
        }
      }
    }
  }

  /** The same seed drops the same values, so the loss is a smooth function of the parameters. */
  @Test
  void gradientUnderDropoutSmoothingAndDocumentsIsThatOfTheLossItReturns() {
    for (Execution execution : List.of(Execution.CPU, Execution.CPU.recomputingActivations())) {
      try (GptModel model = new GptModel(DROPPING, execution)) {
        model.initialize(3);
        TokenBatch batch = documents(batch(2, 6, 2), 0.2, 5);
        model.gradient(batch);
        double[] gradient = toDoubles(model.gradients());
        double norm = Math.sqrt(Arrays.stream(gradient).map(each -> each * each).sum());
        double step = 5e-4;
        double above = lossAt(model, gradient, step / norm, batch);
        double below = lossAt(model, gradient, -2 * step / norm, batch);
        assertThat((above - below) / (2 * step)).isCloseTo(norm, within(2e-3 * norm));
      }
    }
  }

  @Test
  void dropoutIsAFunctionOfTheBatchsSeedAndAbsentFromScores() {
    try (GptModel model = new GptModel(DROPPING, Execution.CPU);
        GptModel without = lively(TINY)) {
      model.initialize(3);
      TokenBatch batch = batch(2, 6, 2);
      double first = model.gradient(documents(batch, 0, 5));
      assertThat(model.gradient(documents(batch, 0, 6))).isNotEqualTo(first);
      assertThat(model.gradient(documents(batch, 0, 5))).isEqualTo(first);
      without.parameters().copyFrom(model.parameters());
      assertThat(model.loss(batch)).isCloseTo(without.loss(batch), within(1e-6));
    }
  }

  /** What a token is asked for depends on its own document alone. */
  @Test
  void documentsOfASequenceDoNotReadEachOther() {
    GptConfig sizes = TINY.withObjective(Objective.CAUSAL_LM_WITHIN_DOCUMENTS);
    try (GptModel model = new GptModel(sizes, Execution.CPU)) {
      model.initialize(3);
      TokenBatch batch = documents(batch(2, 6, 2), 0, 0);
      for (int place = 0; place < 3; place++) {
        batch.targets()[place] = TokenBatch.IGNORED; // the first document of the first row
      }
      double loss = model.loss(batch);
      batch.inputs()[1] = (batch.inputs()[1] + 1) % TINY.vocabularySize();
      assertThat(model.loss(batch)).isEqualTo(loss);
      batch.inputs()[3] = (batch.inputs()[3] + 1) % TINY.vocabularySize();
      assertThat(model.loss(batch)).isNotEqualTo(loss);
    }
  }

  @Test
  void configRoundTripsThroughItsJson() {
    assertThat(GptCheckpointMapping.sizes(GptCheckpointMapping.languageModelConfig(DROPPING)))
        .isEqualTo(DROPPING);
  }

  /** With two documents of three tokens in each row of six. */
  private static TokenBatch documents(TokenBatch batch, double smoothing, long seed) {
    int[] documents = new int[batch.inputs().length];
    Arrays.setAll(documents, i -> i % batch.length() / 3);
    return new TokenBatch(
        batch.sequences(),
        batch.length(),
        batch.inputs(),
        batch.targets(),
        documents,
        smoothing,
        seed);
  }

  private static double lossAt(GptModel model, double[] direction, double step, TokenBatch batch) {
    for (int i = 0; i < direction.length; i++) {
      model.parameters().set(i, model.parameters().get(i) + (float) (step * direction[i]));
    }
    return model.gradient(batch);
  }

  @Test
  void gradientReplacesWhatTheVectorHeld() {
    try (GptModel model = lively(TINY)) {
      TokenBatch batch = batch(2, 8, 3);
      model.gradient(batch);
      double[] first = toDoubles(model.gradients());
      model.gradients().fill(Float.NaN);
      model.gradient(batch);
      assertThat(toDoubles(model.gradients())).isEqualTo(first);
    }
  }

  @Test
  void sameBitsInTwoThreadsAtOnceAndAfterOtherShapes() {
    GptConfig sizes = GptPresets.ALL.get("gpt-nano").config(65);
    TokenBatch batch = batch(sizes, 6, 64, 4);
    float[] expected;
    try (GptModel model = lively(sizes)) {
      model.gradient(batch);
      expected = toFloats(model.gradients());
      model.loss(batch(sizes, 2, 10, 5));
      model.gradient(batch);
      assertThat(toFloats(model.gradients())).isEqualTo(expected);
    }
    CompletableFuture<?>[] others = new CompletableFuture<?>[2];
    for (int i = 0; i < others.length; i++) {
      others[i] =
          CompletableFuture.runAsync(
              () -> {
                try (GptModel model = lively(sizes)) {
                  for (int round = 0; round < 5; round++) {
                    model.gradient(batch);
                    assertThat(toFloats(model.gradients())).isEqualTo(expected);
                  }
                }
              });
    }
    CompletableFuture.allOf(others).join();
  }

  @Test
  void freshModelIsAsUncertainAsTheVocabularyIsLarge() {
    GptConfig sizes = GptPresets.ALL.get("gpt-nano").config(65);
    try (GptModel model = new GptModel(sizes, Execution.CPU)) {
      model.initialize(1);
      assertThat(model.loss(batch(sizes, 12, 64, 6))).isCloseTo(Math.log(65), within(0.1));
    }
  }

  /** With GPT-2's vocabulary, the output layer tied. */
  @Test
  void presetsHaveThePublishedNumbersOfParameters() {
    assertThat(published("gpt2-124m")).isEqualTo(124_439_808L);
    assertThat(published("gpt2-355m")).isEqualTo(354_823_168L);
    assertThat(published("gpt2-774m")).isEqualTo(774_030_080L);
    assertThat(published("gpt2-1.5b")).isEqualTo(1_557_611_200L);
  }

  private static long published(String preset) {
    return GptCheckpointMapping.body(GptPresets.ALL.get(preset).config(50_257)).elements();
  }

  @Test
  void initializationIsAFunctionOfTheSeed() {
    try (GptModel one = new GptModel(TINY, Execution.CPU);
        GptModel two = new GptModel(TINY, Execution.CPU)) {
      one.initialize(7);
      two.initialize(7);
      assertThat(toFloats(one.parameters())).isEqualTo(toFloats(two.parameters()));
      two.initialize(8);
      assertThat(toFloats(one.parameters())).isNotEqualTo(toFloats(two.parameters()));
    }
  }

  @Test
  void gradientDescentLearnsABatchByHeart() {
    try (GptModel model = lively(TINY)) {
      TokenBatch batch = batch(2, 8, 9);
      FlatVector parameters = model.parameters();
      FlatVector gradients = model.gradients();
      for (int step = 0; step < 300; step++) {
        model.gradient(batch);
        for (long i = 0; i < parameters.elements(); i++) {
          parameters.set(i, parameters.get(i) - 0.3f * gradients.get(i));
        }
      }
      assertThat(model.loss(batch)).isLessThan(0.2);
    }
  }

  @Test
  void nextTokenLogitsDoNotDependOnPaddingNorOnWhatLeftTheContext() {
    try (GptModel model = lively(TINY)) {
      ReferenceGpt reference =
          new ReferenceGpt(TINY, model.layout(), toDoubles(model.parameters()));
      int[] context = {3, 1, 4, 1, 5};
      assertCloseTo(model.nextTokenLogits(context, new int[0]), reference.logits(context)[4]);
      int[] longer = {9, 9, 2, 6, 5, 3, 5, 8, 9, 7};
      int[] seen = Arrays.copyOfRange(longer, 2, 10);
      assertCloseTo(model.nextTokenLogits(longer, new int[0]), reference.logits(seen)[7]);
    }
  }

  /** Each token of a text is asked for at the place before it, and nothing of a prompt is. */
  @Test
  void examplesOfWritingAskForTheTextsAlone() {
    try (GptModel model = lively(TINY)) {
      List<int[]> prompts = List.of(new int[] {1, 2, 3}, new int[] {4});
      List<int[]> texts = List.of(new int[] {5, 6}, new int[] {7, 8, 9, 10});
      TokenBatch batch = model.examples(prompts, texts, 0, 0).as(TokenBatch.class);
      assertThat(batch.length()).isEqualTo(8); // the context: shorter than a step of lengths
      assertThat(batch.inputs()).containsExactly(1, 2, 3, 5, 0, 0, 0, 0, 4, 7, 8, 9, 0, 0, 0, 0);
      assertThat(batch.targets())
          .containsExactly(-1, -1, 5, 6, -1, -1, -1, -1, 7, 8, 9, 10, -1, -1, -1, -1);
      assertThat(model.promptRoom(4)).isEqualTo(5);
    }
  }

  @Test
  void refusesTokensOutsideTheVocabularyAndSequencesBeyondTheContext() {
    try (GptModel model = lively(TINY)) {
      TokenBatch foreign = new TokenBatch(1, 2, new int[] {1, 11}, new int[] {1, 2});
      assertThatThrownBy(() -> model.gradient(foreign))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("token 11");
      TokenBatch tooLong = batch(1, 9, 1);
      assertThatThrownBy(() -> model.loss(tooLong))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("context length is 8");
    }
  }

  @Test
  void memoryStaysFlatOverSteps() throws Exception {
    try (GptModel model = lively(TINY)) {
      TokenBatch batch = batch(4, 8, 11);
      for (int step = 0; step < 300; step++) {
        model.gradient(batch);
      }
      long before = residentBytes();
      for (int step = 0; step < 3000; step++) {
        model.gradient(batch);
      }
      // Leaked activations alone would be more than 40 MB.
      assertThat(residentBytes() - before).isLessThan(16L << 20);
    }
  }

  /** Weights large enough that every part of the network matters to the loss. */
  static GptModel lively(GptConfig sizes) {
    GptModel model = new GptModel(sizes, Execution.CPU);
    model.initialize(5);
    Random random = new Random(6);
    FlatVector parameters = model.parameters();
    for (long i = 0; i < parameters.elements(); i++) {
      parameters.set(i, parameters.get(i) + 0.2f * (float) random.nextGaussian());
    }
    return model;
  }

  static double[] toDoubles(FlatVector vector) {
    double[] values = new double[Math.toIntExact(vector.elements())];
    Arrays.setAll(values, vector::get);
    return values;
  }

  static void assertCloseTo(float[] actual, double[] expected) {
    assertThat(actual).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i]).as("[%d]", i).isCloseTo(expected[i], within(1e-4));
    }
  }

  private static double referenceLoss(TensorLayout layout, double[] parameters, TokenBatch batch) {
    ReferenceGpt reference = new ReferenceGpt(TINY, layout, parameters);
    double sum = 0;
    int counted = 0;
    for (int row = 0; row < batch.sequences(); row++) {
      int from = row * batch.length();
      double[][] logits =
          reference.logits(Arrays.copyOfRange(batch.inputs(), from, from + batch.length()));
      for (int t = 0; t < batch.length(); t++) {
        int target = batch.targets()[from + t];
        if (target != TokenBatch.IGNORED) {
          sum += ReferenceGpt.crossEntropy(logits[t], target);
          counted++;
        }
      }
    }
    return sum / counted;
  }

  private static TokenBatch batch(int sequences, int length, long seed) {
    return batch(TINY, sequences, length, seed);
  }

  private static TokenBatch batch(GptConfig sizes, int sequences, int length, long seed) {
    Random random = new Random(seed);
    int[] inputs = random.ints((long) sequences * length, 0, sizes.vocabularySize()).toArray();
    int[] targets = random.ints((long) sequences * length, 0, sizes.vocabularySize()).toArray();
    return new TokenBatch(sequences, length, inputs, targets);
  }

  private static float[] toFloats(FlatVector vector) {
    float[] values = new float[Math.toIntExact(vector.elements())];
    vector.read(0, values, 0, values.length);
    return values;
  }

  private static long residentBytes() throws Exception {
    String pages = Files.readString(Path.of("/proc/self/statm")).split(" ")[1];
    return Long.parseLong(pages) * 4096;
  }
}
