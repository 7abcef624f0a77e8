package io.headwater.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ProbeTest {
  @Test
  void separatesFeaturesOfVeryDifferentScale() {
    SplittableRandom random = new SplittableRandom(3);
    int count = 300;
    float[][] features = new float[count][6];
    int[] truth = new int[count];
    for (int i = 0; i < count; i++) {
      truth[i] = random.nextInt(3);
      for (int j = 0; j < 6; j++) {
        double signal = j % 3 == truth[i] ? 2 : 0;
        features[i][j] = (float) ((signal + random.nextDouble()) * Math.pow(10, j - 3));
      }
    }
    FineTuneSettings settings = FineTuneSettings.defaults(Method.PROBE);
    Probe probe = new Probe(6, 3);
    Trained trained = probe.train(features, truth, settings, FineTuneProgress.NONE);
    assertThat(probe.score()).hasSize(18);
    assertThat(trained.steps()).isEqualTo(500);
    assertThat(trained.epochLosses()).hasSize(100);
    assertThat(trained.epochLosses().get(99)).isLessThan(trained.epochLosses().get(0));
    int right = 0;
    for (int i = 0; i < count; i++) {
      right += argmax(probe.score(), features[i]) == truth[i] ? 1 : 0;
    }
    assertThat(right).isGreaterThan(295);
  }

  @Test
  void theSameSeedGivesTheSameHead() {
    float[][] features = {{1, 2}, {2, 1}, {0, 3}, {3, 0}};
    int[] truth = {0, 1, 0, 1};
    FineTuneSettings settings = new FineTuneSettings(5, 2, 0.01f, 0, 0, 0, 7, 1, "cpu");
    Probe first = new Probe(2, 2);
    Probe second = new Probe(2, 2);
    first.train(features, truth, settings, FineTuneProgress.NONE);
    second.train(features, truth, settings, FineTuneProgress.NONE);
    assertThat(first.score()).isEqualTo(second.score());
  }

  /** The label with the largest score, as the Hugging Face model computes it from the weights. */
  private static int argmax(float[] weight, float[] features) {
    int best = 0;
    double bestScore = Double.NEGATIVE_INFINITY;
    for (int label = 0; label < weight.length / features.length; label++) {
      double score = 0;
      for (int i = 0; i < features.length; i++) {
        score += weight[label * features.length + i] * features[i];
      }
      if (score > bestScore) {
        best = label;
        bestScore = score;
      }
    }
    return best;
  }
}
