package io.headwater.deploy.local;

import java.util.List;

/** The run that a soak repeats. */
final class SoakedRun {
  private SoakedRun() {}

  /**
   * Arguments, without --output.
   *
   * @param isLong minutes instead of seconds, so that its processes live long enough to show a
   *     slope
   */
  static List<String> arguments(boolean isLong) {
    return List.of(
        "pretrain",
        "--model",
        "gpt-nano",
        "--corpus",
        "corpus",
        "--steps",
        isLong ? "600" : "60",
        "--workers",
        "2",
        "--set",
        "training.micro-batches=4",
        "--set",
        "training.batch-size=8",
        "--set",
        "checkpoint.every-steps=20");
  }
}
