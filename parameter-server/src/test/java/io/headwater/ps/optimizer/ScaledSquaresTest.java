package io.headwater.ps.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScaledSquaresTest {
  private static final float[] SPECIAL = {
    0f,
    -0f,
    Float.MIN_VALUE,
    Float.MIN_NORMAL,
    Float.MAX_VALUE,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    1e-30f,
    3e38f
  };

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 9, 63, 320, 2_040, 16_315, 16_320})
  void bothVersionsGiveTheSameBits(int count) {
    Random random = new Random(count);
    float[] values = new float[count + 3];
    for (int i = 0; i < values.length; i++) {
      boolean special = random.nextInt(1000) == 0;
      values[i] = special ? SPECIAL[random.nextInt(SPECIAL.length)] : (float) random.nextGaussian();
    }
    float[] other = values.clone();
    double[] lanes = random.doubles(Kernels.LANES).toArray();
    double[] otherLanes = lanes.clone();
    new ScalarScaledSquares().scaleAndSum(values, count, 0.3f, lanes);
    new VectorScaledSquares().scaleAndSum(other, count, 0.3f, otherLanes);
    assertThat(other).usingComparator(java.util.Arrays::compare).isEqualTo(values);
    assertThat(otherLanes).isEqualTo(lanes);
  }

  @Test
  void thisBuildHasTheFastVersion() {
    assertThat(ScaledSquares.best()).isInstanceOf(VectorScaledSquares.class);
  }
}
