package io.headwater.ps.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class UpdateSizeTest {
  private final UpdateSize size = new UpdateSize();

  @Test
  void addsUpWhatChunksOfABlockHaveAndGet() {
    float[] weights = new float[100];
    size.open(true);
    double weightSquares = 0;
    double updateSquares = 0;
    for (int offset = 0; offset < 100; offset += 37) {
      int count = Math.min(37, 100 - offset);
      size.beforeUpdate(weights, offset, count);
      for (int i = offset; i < offset + count; i++) {
        float before = weights[i];
        weights[i] += i * 0.25f;
        weightSquares += (double) weights[i] * weights[i];
        updateSquares += (double) (weights[i] - before) * (weights[i] - before);
      }
      size.afterUpdate(weights, offset, count);
    }
    assertThat(size.weightSquares()).isCloseTo(weightSquares, within(1e-9 * weightSquares));
    assertThat(size.updateSquares()).isCloseTo(updateSquares, within(1e-9 * updateSquares));

    size.open(false);
    size.beforeUpdate(weights, 0, 100);
    size.afterUpdate(weights, 0, 100);
    assertThat(size.weightSquares()).isNaN();
    assertThat(size.updateSquares()).isNaN();
  }

  @Test
  void theFirstStepAndOneInAHundredAreMeasuredHoweverLongAStepIs() {
    assertThat(measured(30, 300, 1)).containsExactly(30, 99, 199, 299);
    assertThat(measured(30, 300, 8)).containsExactly(30, 94, 198, 294);
    assertThat(measured(0, 900, 250)).containsExactly(0, 250, 500, 750);
  }

  private static long[] measured(long first, long end, int steps) {
    return LongStream.iterate(first, step -> step < end, step -> step + steps)
        .filter(step -> UpdateSize.isDue(step, first, steps))
        .toArray();
  }
}
