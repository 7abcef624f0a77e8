package io.headwater.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GradientProgressTest {
  private static final int TOKENS = 65;
  private static final Random RANDOM = new Random(7);

  /** Holds what was said to be final against what is there in the end. */
  private static void assertFinalWhenSaid(String preset, Batch batch, int layers) {
    ModelFamily family = ModelFamily.ofPreset(preset);
    ObjectNode config = family.config(preset, TOKENS);
    try (Pretrainable model = family.pretrainable(config, Execution.CPU)) {
      model.initialize(5);
      model.gradient(batch);
      model.gradients().fill(Float.NaN);
      int elements = (int) model.gradients().elements();
      float[] said = new float[elements];
      int[] from = {elements};
      int[] times = {0};
      model.gradient(
          batch,
          element -> {
            assertThat(element).isLessThan(from[0]);
            int begin = (int) element;
            model.gradients().read(begin, said, begin, from[0] - begin);
            from[0] = begin;
            times[0]++;
          });
      assertThat(from[0]).isZero();
      assertThat(times[0]).isEqualTo(layers + 1);
      float[] last = new float[elements];
      model.gradients().read(0, last, 0, elements);
      assertThat(Arrays.mismatch(said, last)).isEqualTo(-1);
      for (float value : last) {
        assertThat(Float.isFinite(value)).isTrue();
      }
    }
  }

  private static int[] tokens(int count) {
    return RANDOM.ints(count, 5, TOKENS - 8).toArray();
  }

  @Test
  void aGptsLayersAreFinalOneByOne() {
    assertFinalWhenSaid("gpt-nano", new TokenBatch(2, 16, tokens(32), tokens(32)), 4);
  }

  @Test
  void aBertsLayersAreFinalOneByOne() {
    int[] segments = new int[32];
    Arrays.fill(segments, 8, 16, 1);
    assertFinalWhenSaid(
        "bert-tiny",
        new MaskedBatch(
            2,
            16,
            tokens(32),
            segments,
            new int[] {16, 12},
            new int[] {1, 4, 3, 7},
            tokens(4),
            new int[] {0, 1},
            9),
        2);
  }

  /** The relative positions stand in the first layer of each stack, and all layers use them. */
  @Test
  void aT5sLayersAreFinalOneByOneInBothStacks() {
    assertFinalWhenSaid(
        "t5-tiny", new SpanBatch(2, tokens(32), new int[] {16, 12}, tokens(20), 9), 4);
  }
}
