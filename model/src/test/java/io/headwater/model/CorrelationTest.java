package io.headwater.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CorrelationTest {
  @Test
  void pearsonIsThatOfItsDefinition() {
    // Means 2 and 3: (-1)(-2) + 0 + (1)(2) = 4; sums of squares 2 and 8.
    assertThat(Correlation.pearson(new double[] {1, 2, 3}, new double[] {1, 3, 5}))
        .isCloseTo(1, within(1e-12));
    // Deviations (-1, 0, 1) and (-1, 2, -1).
    assertThat(Correlation.pearson(new double[] {1, 2, 3}, new double[] {0, 3, 0}))
        .isCloseTo(0, within(1e-12));
    assertThat(Correlation.pearson(new double[] {1, 2, 4}, new double[] {3, 1, 0}))
        .isCloseTo(-13.0 / 3 / Math.sqrt(14.0 / 3 * (14.0 / 3)), within(1e-12));
  }

  @Test
  void spearmanLooksAtRanksAlone() {
    double[] grows = {1, 10, 100, 1000};
    assertThat(Correlation.spearman(grows, new double[] {0, 1, 2, 3})).isCloseTo(1, within(1e-12));
    // One swap of neighbours among four: 1 - 6 * 2 / (4 * 15).
    assertThat(Correlation.spearman(grows, new double[] {1, 0, 2, 3}))
        .isCloseTo(0.8, within(1e-12));
  }

  @Test
  void equalNumbersShareTheMeanOfTheirRanks() {
    assertThat(Correlation.ranks(new double[] {5, 1, 5, 0})).containsExactly(2.5, 1, 2.5, 0);
  }

  @Test
  void aConstantSeriesHasNone() {
    assertThat(Correlation.pearson(new double[] {1, 2}, new double[] {3, 3})).isNaN();
  }
}
