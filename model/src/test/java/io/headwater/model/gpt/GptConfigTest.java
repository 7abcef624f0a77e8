package io.headwater.model.gpt;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.TokenBatch;
import org.junit.jupiter.api.Test;

class GptConfigTest {
  /** By hand: 12 d^2 weights a layer, the vocabulary, and for each token T keys and values. */
  @Test
  void aTokenCostsSixOperationsAWeightAndAttention() {
    GptConfig sizes = GptPresets.ALL.get("gpt2-124m").config(50_257);
    TokenBatch batch = new TokenBatch(2, 1024, new int[2048], new int[2048]);
    double matrices = 12.0 * 12 * 768 * 768 + 50_257.0 * 768;
    double attention = 12.0 * 12 * 768 * 1024;
    assertThat(sizes.trainingFlops(batch)).isEqualTo(2048 * (6 * matrices + attention));
  }
}
