package io.headwater.driver.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  @Test
  void takesMeanAndDeviationOfASampleOverSeeds() {
    Comparison comparison =
        new Comparison(0.1, List.of(run(0.8), run(0.9)), List.of(run(0.5), run(0.7)));
    assertThat(comparison.pretrainedScore().mean()).isCloseTo(0.85, within(1e-12));
    assertThat(comparison.pretrainedScore().deviation()).isCloseTo(0.0707106781, within(1e-9));
    assertThat(comparison.gain()).isCloseTo(0.25, within(1e-12));
  }

  @Test
  void countsStepsUntilPretrainedWeightsAreAsGoodAsTheOthersEverWere() {
    Comparison comparison =
        new Comparison(
            1,
            List.of(run(0.6, 0.8, 0.9), run(0.7, 0.7, 0.7)),
            List.of(run(0.5, 0.8, 0.7), run(0.6, 0.65, 0.65)));
    assertThat(comparison.stepsOfScratch())
        .as("best after 20 steps each; the first of several")
        .isEqualTo(20);
    assertThat(comparison.stepsToReachScratch()).hasValue(15);
    assertThat(comparison.secondsToReachScratch()).hasValue(1.5);
  }

  @Test
  void doesNotAverageOverSeedsThatNeverGetThere() {
    Comparison comparison =
        new Comparison(1, List.of(run(0.9), run(0.5)), List.of(run(0.8), run(0.8)));
    assertThat(comparison.stepsToReachScratch()).isEmpty();
  }

  /** Ten steps and a second an epoch. */
  private static Outcome run(double... scores) {
    List<Outcome.Epoch> epochs = new ArrayList<>();
    for (double score : scores) {
      epochs.add(new Outcome.Epoch(10L * (epochs.size() + 1), epochs.size() + 1, score));
    }
    return new Outcome(1, 100, "accuracy", scores[scores.length - 1], epochs);
  }
}
