package io.headwater.finetune.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.finetune.Labels;
import io.headwater.finetune.Scores;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Expected figures are worked out by hand or by their definitions. */
class ClassScoresTest {
  private static final Labels TWO = new Labels(List.of("neg", "pos"));
  private static final Labels THREE = new Labels(List.of("a", "b", "c"));

  @Test
  void twoLabels() {
    // Predicted: neg pos pos neg pos; true: neg neg pos pos pos.
    float[][] logits = {{2, 0}, {0, 1}, {0, 3}, {1, 0}, {0, 2}};
    Scores scores = ClassScores.of(TWO, new int[] {0, 0, 1, 1, 1}, logits);
    assertThat(scores.confusion().orElseThrow().counts())
        .containsExactly(List.of(1, 1), List.of(1, 2));
    assertThat(scores.measure("accuracy")).isCloseTo(0.6, within(1e-12));
    double negative = 0.5; // precision 1/2, recall 1/2
    double positive = 2.0 / 3; // precision 2/3, recall 2/3
    assertThat(scores.measure("macro_f1")).isCloseTo((negative + positive) / 2, within(1e-12));
    assertThat(scores.measure("f1")).isCloseTo(positive, within(1e-12));
    // Pairs (positive, negative) ranked rightly: 3 beats both, 2 beats both, -1 beats -2 only.
    assertThat(scores.measure("auc")).isCloseTo(5.0 / 6, within(1e-12));
  }

  @Test
  void aLabelThatIsNeverPredictedCountsInMacroF1() {
    float[][] logits = {{1, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 1, 0}};
    Scores scores = ClassScores.of(THREE, new int[] {0, 0, 1, 2}, logits);
    assertThat(scores.measure("macro_f1")).isCloseTo((1 + 2.0 / 3 + 0) / 3, within(1e-12));
    assertThat(scores.measures()).doesNotContainKey("f1");
    assertThat(scores.confusion().orElseThrow().counts())
        .containsExactly(List.of(2, 0, 0), List.of(0, 1, 0), List.of(0, 1, 0));
  }

  @Test
  void aLabelThatTheFileLacksDoesNot() {
    float[][] logits = {{1, 0, 0}, {0, 1, 0}, {0, 1, 0}};
    Scores scores = ClassScores.of(THREE, new int[] {0, 1, 1}, logits);
    assertThat(scores.measure("macro_f1")).isEqualTo(1);
    assertThat(scores.measure("auc")).isEqualTo(1);
  }

  @Test
  void thereIsNoCurveForASingleLabel() {
    Scores scores = ClassScores.of(TWO, new int[] {1, 1}, new float[][] {{0, 1}, {1, 0}});
    assertThat(scores.measures()).doesNotContainKey("auc");
    assertThat(scores.measure("accuracy")).isEqualTo(0.5);
  }

  @Test
  void areasAgreeWithTheirDefinitionOnManyTexts() {
    SplittableRandom random = new SplittableRandom(5);
    int count = 400;
    int[] truth = new int[count];
    float[][] logits = new float[count][3];
    for (int i = 0; i < count; i++) {
      truth[i] = random.nextInt(3);
      for (int label = 0; label < 3; label++) {
        logits[i][label] = (float) random.nextDouble() + (label == truth[i] ? 0.3f : 0);
      }
    }
    double expected = 0;
    for (int label = 0; label < 3; label++) {
      expected += areaByPairs(truth, logits, label) / 3;
    }
    assertThat(ClassScores.of(THREE, truth, logits).measure("auc"))
        .isCloseTo(expected, within(1e-9));
  }

  /** Part of the pairs of one text of the label and one of another that are ranked rightly. */
  private static double areaByPairs(int[] truth, float[][] logits, int label) {
    double right = 0;
    long pairs = 0;
    for (int i = 0; i < truth.length; i++) {
      for (int j = 0; j < truth.length; j++) {
        if (truth[i] == label && truth[j] != label) {
          double difference = probability(logits[i], label) - probability(logits[j], label);
          right += difference > 0 ? 1 : difference == 0 ? 0.5 : 0;
          pairs++;
        }
      }
    }
    return right / pairs;
  }

  private static double probability(float[] logits, int label) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit);
    }
    return Math.exp(logits[label]) / sum;
  }
}
