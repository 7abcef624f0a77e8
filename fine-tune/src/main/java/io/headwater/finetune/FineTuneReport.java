package io.headwater.finetune;

import java.util.List;

/**
 * What a fine-tuning run did.
 *
 * @param task its name
 * @param method what was trained
 * @param scores of the task model on the evaluation file
 * @param training how it went, epoch by epoch
 * @param parameters weights of the task model
 * @param trainExamples examples trained on
 * @param truncated examples of the training and evaluation files longer than the maximum
 * @param seconds from the first read to the task model on disk
 * @param directory the task model
 */
public record FineTuneReport(
    String task,
    Method method,
    Scores scores,
    Trained training,
    long parameters,
    int trainExamples,
    int truncated,
    double seconds,
    String directory) {
  /** Optimizer steps. */
  public long steps() {
    return training.steps();
  }

  /** Weights that were trained. */
  public long trainedParameters() {
    return training.parameters();
  }

  /** Mean training loss of each epoch. */
  public List<Double> epochLosses() {
    return training.epochs().stream().map(Trained.Epoch::loss).toList();
  }
}
