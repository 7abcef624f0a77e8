package io.headwater.model.gpt;

import static io.headwater.model.gpt.GptModelTest.assertCloseTo;
import static io.headwater.model.gpt.GptModelTest.toDoubles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.Execution;
import io.headwater.model.LabelledBatch;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GptClassifierTest {
  private static final GptConfig TINY = new GptConfig(11, 8, 2, 2, 8, 1e-5);
  private static final List<String> LABELS = List.of("red", "green", "blue");
  private static final LabelledBatch BATCH =
      new LabelledBatch(
          2, 6, new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0}, new int[] {6, 3}, new int[] {2, 0});

  @Test
  void logitsAndFeaturesAreThoseOfTheLastRealToken() {
    try (GptClassifier model = lively()) {
      ReferenceGpt reference =
          new ReferenceGpt(TINY, model.layout(), toDoubles(model.parameters()));
      double[][] last = {
        reference.hidden(new int[] {1, 2, 3, 4, 5, 6})[5], reference.hidden(new int[] {7, 8, 9})[2]
      };
      double[][] scores = reference.scores(last, "score.weight", 3);
      assertCloseTo(model.features(BATCH), flatten(last));
      assertCloseTo(model.logits(BATCH), flatten(scores));
    }
  }

  @Test
  void paddingDoesNotChangeLogits() {
    try (GptClassifier model = lively()) {
      float[] padded = model.logits(BATCH);
      float[] alone =
          model.logits(new LabelledBatch(1, 3, new int[] {7, 8, 9}, new int[] {3}, new int[] {0}));
      for (int i = 0; i < 3; i++) {
        assertThat(padded[3 + i]).isCloseTo(alone[i], within(1e-5f));
      }
    }
  }

  @Test
  void gradientOfEveryParameterAgreesWithFiniteDifferences() {
    try (GptClassifier model = lively()) {
      double loss = model.gradient(BATCH);
      double[] gradients = toDoubles(model.gradients());
      double[] parameters = toDoubles(model.parameters());
      assertThat(loss).isCloseTo(referenceLoss(model.layout(), parameters), within(1e-5));
      double step = 1e-5;
      for (TensorLayout.Entry tensor : model.layout().entries()) {
        for (int i = (int) tensor.offset(); i < tensor.end(); i++) {
          double kept = parameters[i];
          parameters[i] = kept + step;
          double above = referenceLoss(model.layout(), parameters);
          parameters[i] = kept - step;
          double below = referenceLoss(model.layout(), parameters);
          parameters[i] = kept;
          assertThat(gradients[i])
              .as("%s[%d]", tensor.name(), i - tensor.offset())
              .isCloseTo((above - below) / (2 * step), within(2e-5));
        }
      }
    }
  }

  private static double referenceLoss(TensorLayout layout, double[] parameters) {
    ReferenceGpt reference = new ReferenceGpt(TINY, layout, parameters);
    double sum = 0;
    for (int row = 0; row < BATCH.sequences(); row++) {
      int from = row * BATCH.length();
      int length = BATCH.lengths()[row];
      double[][] hidden = reference.hidden(Arrays.copyOfRange(BATCH.inputs(), from, from + length));
      double[][] scores = reference.scores(new double[][] {hidden[length - 1]}, "score.weight", 3);
      sum += ReferenceGpt.crossEntropy(scores[0], BATCH.labels()[row]);
    }
    return sum / BATCH.sequences();
  }

  private static GptClassifier lively() {
    GptClassifier model = new GptClassifier(TINY, LABELS, Execution.CPU);
    model.initialize(5);
    Random random = new Random(6);
    FlatVector parameters = model.parameters();
    for (long i = 0; i < parameters.elements(); i++) {
      parameters.set(i, parameters.get(i) + 0.2f * (float) random.nextGaussian());
    }
    return model;
  }

  private static double[] flatten(double[][] rows) {
    return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
  }
}
