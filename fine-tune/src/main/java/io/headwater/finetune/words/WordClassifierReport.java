package io.headwater.finetune.words;

import io.headwater.finetune.Method;
import io.headwater.finetune.Scores;
import java.util.List;

/**
 * What a fine-tuning run from word vectors did.
 *
 * @param scores of the classifier on the evaluation file
 * @param epochLosses mean training loss of each epoch, nats
 * @param trainExamples texts trained on
 * @param words that have a row
 * @param parameters numbers of both matrices
 * @param trainedParameters of these, those that training could change
 * @param seconds from the first read to the classifier on disk
 * @param directory the classifier
 */
public record WordClassifierReport(
    Method method,
    Scores scores,
    List<Double> epochLosses,
    int trainExamples,
    int words,
    long parameters,
    long trainedParameters,
    double seconds,
    String directory) {
  public WordClassifierReport {
    epochLosses = List.copyOf(epochLosses);
  }
}
