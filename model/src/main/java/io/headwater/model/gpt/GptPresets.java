package io.headwater.model.gpt;

import io.headwater.model.TrainingDefaults;
import java.util.LinkedHashMap;
import java.util.Map;

/** Named sizes with their published training settings. */
final class GptPresets {
  private static final double LAYER_NORM_EPSILON = 1e-5;

  /** Sizes of a preset; the vocabulary comes from the corpus. */
  record Preset(
      int contextLength, int layers, int heads, int hiddenSize, TrainingDefaults training) {
    GptConfig config(int vocabularySize) {
      return new GptConfig(
          vocabularySize, contextLength, layers, heads, hiddenSize, LAYER_NORM_EPSILON);
    }
  }

  static final Map<String, Preset> ALL = new LinkedHashMap<>();

  static {
    // nanoGPT's setting for Shakespeare on a CPU: validation loss 1.88 after 2,000 steps.
    ALL.put(
        "gpt-nano",
        new Preset(
            64, 4, 4, 128, new TrainingDefaults(12, 2000, 1e-3, 1e-4, 100, 0.9, 0.99, 0.1, 1)));
    ALL.put(
        "gpt-mini",
        new Preset(
            128, 4, 8, 256, new TrainingDefaults(8, 10_000, 1e-3, 1e-4, 200, 0.9, 0.99, 0.1, 1)));
    // GPT-3 paper's batch of 0.5M tokens and rate for this size, as commonly used for GPT-2 124M.
    ALL.put(
        "gpt2-124m",
        new Preset(
            1024,
            12,
            12,
            768,
            new TrainingDefaults(480, 600_000, 6e-4, 6e-5, 2000, 0.9, 0.95, 0.1, 1)));
  }

  private GptPresets() {}
}
