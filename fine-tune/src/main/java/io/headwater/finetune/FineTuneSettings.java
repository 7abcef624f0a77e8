package io.headwater.finetune;

import io.headwater.checkpoint.UserException;

/**
 * How a task model is trained.
 *
 * @param epochs passes over the training examples
 * @param batchSize examples of one optimizer step
 * @param learningRate peak; a tenth of the steps warm up, a cosine decays to 0
 * @param weightDecay decoupled, on matrices only; for a probe the L2 penalty of its head
 * @param maxLength tokens of a text that are read, from its beginning; 0 is the model's context
 * @param trainPerClass examples per label to train on, drawn by the seed; 0 is all
 * @param seed of the draw, the order and the new weights
 * @param threads of one model
 * @param device {@code cpu} or {@code cuda:N}
 */
public record FineTuneSettings(
    int epochs,
    int batchSize,
    float learningRate,
    float weightDecay,
    int maxLength,
    int trainPerClass,
    long seed,
    int threads,
    String device) {
  public FineTuneSettings {
    check("epochs", epochs, epochs >= 1, ">= 1");
    check("batch-size", batchSize, batchSize >= 1, ">= 1");
    check("learning-rate", learningRate, learningRate > 0 && learningRate < 10, "in (0, 10)");
    check("weight-decay", weightDecay, weightDecay >= 0 && weightDecay < 10, "in [0, 10)");
    check("max-length", maxLength, maxLength >= 0, ">= 0");
    check("train-per-class", trainPerClass, trainPerClass >= 0, ">= 0");
    check("threads", threads, threads >= 1, ">= 1");
    check("device", device, !device.isBlank(), "cpu or cuda:N");
  }

  /** Settings that suit a method on a few hundred to a few thousand examples. */
  public static FineTuneSettings defaults(Method method) {
    return switch (method) {
      case FULL -> new FineTuneSettings(5, 16, 5e-4f, 0.01f, 0, 0, 1, 1, "cpu");
      case LORA -> new FineTuneSettings(5, 16, 2e-3f, 0.01f, 0, 0, 1, 1, "cpu");
      case SCRATCH -> new FineTuneSettings(5, 16, 1e-3f, 0.01f, 0, 0, 1, 1, "cpu");
      case PROBE -> new FineTuneSettings(100, 64, 1e-2f, 1e-4f, 0, 0, 1, 1, "cpu");
    };
  }

  private static void check(String name, Object value, boolean valid, String range) {
    if (!valid) {
      throw new UserException(
          "Cannot fine-tune with " + name + " " + value + " (must be " + range + ")");
    }
  }
}
