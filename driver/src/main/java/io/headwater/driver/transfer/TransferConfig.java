package io.headwater.driver.transfer;

import io.headwater.checkpoint.UserException;
import io.headwater.finetune.Columns;
import io.headwater.finetune.FineTuneSettings;
import io.headwater.finetune.Task;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A comparison of pretrained and random weights.
 *
 * @param task what for
 * @param checkpoint the pretrained folder
 * @param train labelled file
 * @param evaluation labelled file to score on
 * @param columns of both files
 * @param shares of the training examples, ascending, in (0, 1]
 * @param seeds runs of either kind at each share; their seeds are 1, 2, ...
 * @param settings of the runs from the checkpoint with all examples; share and seed are set for
 *     each, and {@link #epochs} says how many epochs it gets
 * @param scratchRate learning rate of the runs from random weights
 * @param output folder of the report; absent or empty
 */
public record TransferConfig(
    Task<?, ?> task,
    String checkpoint,
    String train,
    String evaluation,
    Columns columns,
    List<Double> shares,
    int seeds,
    FineTuneSettings settings,
    float scratchRate,
    Path output) {
  public TransferConfig {
    Objects.requireNonNull(task, "task");
    Objects.requireNonNull(checkpoint, "checkpoint");
    Objects.requireNonNull(train, "train");
    Objects.requireNonNull(evaluation, "evaluation");
    Objects.requireNonNull(columns, "columns");
    Objects.requireNonNull(settings, "settings");
    Objects.requireNonNull(output, "output");
    shares = shares.stream().sorted().distinct().toList();
    check("--shares", shares, !shares.isEmpty(), "at least one");
    for (double share : shares) {
      check("--shares", 100 * share, share > 0 && share <= 1, "in (0, 100], in per cent");
    }
    check("--seeds", seeds, seeds >= 1, ">= 1");
  }

  /**
   * Epochs at a share of the examples: more where there are fewer, by the square root, so that a
   * hundredth gets ten times the epochs and a tenth of the steps.
   */
  int epochs(double share) {
    return (int) Math.round(settings.epochs() / Math.sqrt(share));
  }

  private static void check(String name, Object value, boolean valid, String range) {
    if (!valid) {
      throw new UserException("Cannot compare with " + name + " " + value + ": must be " + range);
    }
  }
}
