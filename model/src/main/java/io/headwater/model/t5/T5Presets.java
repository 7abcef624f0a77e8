package io.headwater.model.t5;

import io.headwater.model.TrainingDefaults;
import java.util.LinkedHashMap;
import java.util.Map;

/** Named sizes with their training settings, for AdamW in place of the paper's Adafactor. */
final class T5Presets {
  private static final int BUCKETS = 32;
  private static final int MAX_DISTANCE = 128;
  private static final double DROPOUT = 0.1;
  private static final double NORM_EPSILON = 1e-6;

  /** Sizes of a preset; the vocabulary comes from the corpus. */
  record Preset(
      int contextLength,
      int layers,
      int heads,
      int headSize,
      int hiddenSize,
      int intermediateSize,
      TrainingDefaults training) {
    T5Config config(SpanTokens tokens) {
      return new T5Config(
          tokens,
          contextLength,
          layers,
          layers,
          heads,
          headSize,
          hiddenSize,
          intermediateSize,
          BUCKETS,
          MAX_DISTANCE,
          DROPOUT,
          NORM_EPSILON);
    }
  }

  static final Map<String, Preset> ALL = new LinkedHashMap<>();

  static {
    ALL.put(
        "t5-tiny",
        new Preset(
            64,
            2,
            4,
            32,
            128,
            256,
            new TrainingDefaults(16, 2000, 1e-3, 1e-4, 100, 0.9, 0.999, 0.01, 1)));
    ALL.put(
        "t5-mini",
        new Preset(
            128,
            4,
            8,
            32,
            256,
            1024,
            new TrainingDefaults(16, 10_000, 1e-3, 1e-4, 200, 0.9, 0.999, 0.01, 1)));
    // The paper's 2^19 steps of 128 sequences, its peak rate and its warm-up.
    TrainingDefaults published =
        new TrainingDefaults(128, 524_288, 1e-3, 1e-4, 10_000, 0.9, 0.999, 0.01, 1);
    ALL.put("t5-small", new Preset(512, 6, 8, 64, 512, 2048, published));
    ALL.put("t5-base", new Preset(512, 12, 12, 64, 768, 3072, published));
  }

  private T5Presets() {}
}
