package io.headwater.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Expected figures are worked out by hand or by their definitions. */
class ScoringTest {
  private static final Labels TWO = new Labels(List.of("neg", "pos"));
  private static final Labels THREE = new Labels(List.of("a", "b", "c"));

  @Test
  void twoLabels() {
    // Predicted: neg pos pos neg pos; true: neg neg pos pos pos.
    float[][] logits = {{2, 0}, {0, 1}, {0, 3}, {1, 0}, {0, 2}};
    Scores scores = Scoring.of(TWO, new int[] {0, 0, 1, 1, 1}, logits);
    assertThat(scores.confusion()).containsExactly(List.of(1, 1), List.of(1, 2));
    assertThat(scores.accuracy()).isCloseTo(0.6, within(1e-12));
    double negative = 0.5; // precision 1/2, recall 1/2
    double positive = 2.0 / 3; // precision 2/3, recall 2/3
    assertThat(scores.macroF1()).isCloseTo((negative + positive) / 2, within(1e-12));
    assertThat(scores.positiveF1()).hasValueCloseTo(positive, within(1e-12));
    // Pairs (positive, negative) ranked rightly: 3 beats both, 2 beats both, -1 beats -2 only.
    assertThat(scores.auc()).hasValueCloseTo(5.0 / 6, within(1e-12));
  }

  @Test
  void aLabelThatIsNeverPredictedCountsInMacroF1() {
    float[][] logits = {{1, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 1, 0}};
    Scores scores = Scoring.of(THREE, new int[] {0, 0, 1, 2}, logits);
    assertThat(scores.macroF1()).isCloseTo((1 + 2.0 / 3 + 0) / 3, within(1e-12));
    assertThat(scores.positiveF1()).isEmpty();
    assertThat(scores.confusion())
        .containsExactly(List.of(2, 0, 0), List.of(0, 1, 0), List.of(0, 1, 0));
  }

  @Test
  void aLabelThatTheFileLacksDoesNot() {
    float[][] logits = {{1, 0, 0}, {0, 1, 0}, {0, 1, 0}};
    Scores scores = Scoring.of(THREE, new int[] {0, 1, 1}, logits);
    assertThat(scores.macroF1()).isEqualTo(1);
    assertThat(scores.auc()).hasValue(1);
  }

  @Test
  void thereIsNoCurveForASingleLabel() {
    Scores scores = Scoring.of(TWO, new int[] {1, 1}, new float[][] {{0, 1}, {1, 0}});
    assertThat(scores.auc()).isEmpty();
    assertThat(scores.accuracy()).isEqualTo(0.5);
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
    assertThat(Scoring.of(THREE, truth, logits).auc()).hasValueCloseTo(expected, within(1e-9));
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
