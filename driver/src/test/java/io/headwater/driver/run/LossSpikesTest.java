package io.headwater.driver.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LossSpikesTest {
  private final Random random = new Random(4);
  private final LossSpikes spikes = new LossSpikes();

  @Test
  void aFallingNoisyLossHasNone() {
    assertThat(spikesOf(3000, 4, 0.1)).isZero();
  }

  @Test
  void aStepFarAboveTheNoiseIsOne() {
    spikesOf(200, 0, 0.1);
    assertThat(spikes.isSpike(2.4)).isFalse();
    assertThat(spikes.isSpike(3)).isTrue();
    assertThat(spikesOf(50, 0, 0.1)).isZero();
  }

  @Test
  void aLossThatStaysHighSoonCountsNoMore() {
    spikesOf(200, 0, 0.1);
    int counted = 0;
    for (int step = 0; step < 100; step++) {
      counted += spikes.isSpike(3 + 0.1 * random.nextGaussian()) ? 1 : 0;
    }
    assertThat(counted).isBetween(1, 5);
  }

  @Test
  void tooLittleIsKnownAtFirstAndNoNumberIsNone() {
    for (int step = 0; step < LossSpikes.WARM_UP; step++) {
      assertThat(spikes.isSpike(step % 2 == 0 ? 1 : 100)).isFalse();
    }
    assertThat(spikes.isSpike(Double.NaN)).isFalse();
    assertThat(spikes.isSpike(1000)).isTrue();
  }

  /** Of losses around 2 that began {@code fall} higher. */
  private int spikesOf(int steps, double fall, double noise) {
    int counted = 0;
    for (int step = 0; step < steps; step++) {
      double loss = 2 + fall * Math.exp(-step / 300.0) + noise * random.nextGaussian();
      counted += spikes.isSpike(loss) ? 1 : 0;
    }
    return counted;
  }
}
