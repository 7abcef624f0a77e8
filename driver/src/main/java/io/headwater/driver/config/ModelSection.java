package io.headwater.driver.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.ModelFamily;
import io.headwater.model.Objective;

/**
 * Which network.
 *
 * @param preset sizes and published training setting
 * @param objective what it is pretrained on
 */
public record ModelSection(
    @Setting("preset: sizes of the network, and defaults of its training") String preset,
    @Setting(value = "what it is pretrained on", derived = "the usual one of the preset")
        String objective) {
  public ModelSection {
    Check.text("model.preset", preset);
    Objective.named(objective, ModelFamily.ofPreset(preset).objectives());
  }

  /** The family that makes the model. */
  public ModelFamily family() {
    return ModelFamily.ofPreset(preset);
  }

  /** The model's {@code config.json}. */
  public ObjectNode json(int vocabularySize) {
    ModelFamily family = family();
    return family.config(preset, Objective.named(objective, family.objectives()), vocabularySize);
  }
}
