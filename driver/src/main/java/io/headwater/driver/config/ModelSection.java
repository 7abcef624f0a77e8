package io.headwater.driver.config;

import io.headwater.model.ModelFamily;

/**
 * Which network.
 *
 * @param preset sizes and published training setting
 */
public record ModelSection(
    @Setting("preset: sizes of the network, and defaults of its training") String preset) {
  public ModelSection {
    Check.text("model.preset", preset);
    ModelFamily.ofPreset(preset);
  }

  /** The family that makes the model. */
  public ModelFamily family() {
    return ModelFamily.ofPreset(preset);
  }
}
