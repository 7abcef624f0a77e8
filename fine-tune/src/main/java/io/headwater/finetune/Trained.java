package io.headwater.finetune;

import java.util.List;
import java.util.Optional;

/**
 * How a training went.
 *
 * @param epochs in order
 * @param best number from 1 of the epoch whose weights were kept; the last unless stopped early
 * @param steps optimizer steps made
 * @param parameters that were trained
 */
public record Trained(List<Epoch> epochs, int best, long steps, long parameters) {
  /**
   * One pass over the examples.
   *
   * @param loss mean of its steps
   * @param steps optimizer steps from the beginning to its end
   * @param seconds of training from the beginning to its end, without the time of scoring
   * @param scores on the evaluation file, where each epoch is scored
   */
  public record Epoch(double loss, long steps, double seconds, Optional<Scores> scores) {}

  public Trained {
    epochs = List.copyOf(epochs);
  }
}
