package io.headwater.model.gpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.ModelFamily;
import org.junit.jupiter.api.Test;

class GptFamilyTest {
  /** By hand: 12 d^2 weights a layer beside biases and norms, the vocabulary, T keys and values. */
  @Test
  void aTokenCostsSixOperationsAWeightAndAttention() {
    ModelFamily family = ModelFamily.ofPreset("gpt2-124m");
    ObjectNode config = family.config("gpt2-124m", 50_257);
    double matrices = 12.0 * 12 * 768 * 768 + 50_257.0 * 768;
    double attention = 12.0 * 12 * 768 * 1024;
    assertThat(family.trainingFlopsOfToken(config).orElseThrow())
        .isCloseTo(6 * matrices + attention, within(1e-3 * 6 * matrices)); // biases and norms
  }

  @Test
  void whereTokensGoDifferentWaysNoNumberIsGiven() {
    for (String preset : new String[] {"bert-tiny", "t5-tiny"}) {
      ModelFamily family = ModelFamily.ofPreset(preset);
      assertThat(family.trainingFlopsOfToken(family.config(preset, 1000))).isEmpty();
    }
  }
}
