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
    // GPT-2's sizes; batches of 0.5M tokens and rates as of GPT-3's models of these sizes (Brown et
    // al., arXiv:2005.14165, table 2.1), of which the largest has 1M.
    ALL.put("gpt2-124m", published(12, 12, 768, 480, 6e-4));
    ALL.put("gpt2-355m", published(24, 16, 1024, 480, 3e-4));
    ALL.put("gpt2-774m", published(36, 20, 1280, 480, 2.5e-4));
    ALL.put("gpt2-1.5b", published(48, 25, 1600, 960, 2e-4));
  }

  private GptPresets() {}

  private static Preset published(
      int layers, int heads, int hiddenSize, int batchSize, double learningRate) {
    return new Preset(
        1024,
        layers,
        heads,
        hiddenSize,
        new TrainingDefaults(
            batchSize, 600_000, learningRate, learningRate / 10, 2000, 0.9, 0.95, 0.1, 1));
  }
}
