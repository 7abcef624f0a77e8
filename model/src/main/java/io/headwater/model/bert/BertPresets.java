package io.headwater.model.bert;

import io.headwater.model.Objective;
import io.headwater.model.TrainingDefaults;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Named sizes with their training settings. The small ones have the widths and depths of Turc et
 * al. (arXiv:1908.08962) with sequences of 128 tokens, on which the original was trained for nine
 * tenths of its steps.
 */
final class BertPresets {
  private static final double DROPOUT = 0.1;
  private static final double LAYER_NORM_EPSILON = 1e-12;

  /** Sizes of a preset; the vocabulary comes from the corpus. */
  record Preset(
      int contextLength, int layers, int heads, int hiddenSize, TrainingDefaults training) {
    BertConfig config(int vocabularySize, Objective objective) {
      return new BertConfig(
          vocabularySize,
          contextLength,
          layers,
          heads,
          hiddenSize,
          4 * hiddenSize,
          DROPOUT,
          DROPOUT,
          LAYER_NORM_EPSILON,
          objective);
    }
  }

  static final Map<String, Preset> ALL = new LinkedHashMap<>();

  static {
    ALL.put(
        "bert-tiny",
        new Preset(
            128, 2, 2, 128, new TrainingDefaults(16, 2000, 1e-3, 1e-4, 200, 0.9, 0.999, 0.01, 1)));
    ALL.put(
        "bert-mini",
        new Preset(
            128,
            4,
            4,
            256,
            new TrainingDefaults(32, 20_000, 5e-4, 5e-5, 1000, 0.9, 0.999, 0.01, 1)));
    // The paper's setting: a million steps of 256 sequences at a rate of 1e-4.
    ALL.put(
        "bert-base-uncased",
        new Preset(
            512,
            12,
            12,
            768,
            new TrainingDefaults(256, 1_000_000, 1e-4, 0, 10_000, 0.9, 0.999, 0.01, 1)));
  }

  private BertPresets() {}
}
