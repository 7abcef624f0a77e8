package io.headwater.finetune;

import java.util.List;

/**
 * What a fine-tuning run did.
 *
 * @param method what was trained
 * @param scores of the task model on the evaluation file
 * @param epochLosses mean training loss of each epoch, nats
 * @param steps optimizer steps
 * @param trainedParameters weights that were trained
 * @param parameters weights of the task model
 * @param trainExamples texts trained on
 * @param truncated texts of the training and evaluation files longer than the maximum
 * @param seconds from the first read to the task model on disk
 * @param directory the task model
 */
public record FineTuneReport(
    Method method,
    Scores scores,
    List<Double> epochLosses,
    long steps,
    long trainedParameters,
    long parameters,
    int trainExamples,
    int truncated,
    double seconds,
    String directory) {
  public FineTuneReport {
    epochLosses = List.copyOf(epochLosses);
  }
}
