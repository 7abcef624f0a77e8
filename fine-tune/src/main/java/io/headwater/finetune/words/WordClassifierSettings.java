package io.headwater.finetune.words;

import io.headwater.checkpoint.UserException;
import io.headwater.finetune.Method;
import io.headwater.model.fasttext.ClassifierSettings.Loss;
import java.util.Objects;

/**
 * How a classifier is trained; the names are those of the program fastText.
 *
 * @param wordNgrams words of the longest n-gram of words that is a feature; 1 for none
 * @param buckets rows that these share, where the vectors have none
 * @param negative labels drawn against each text's, with loss {@code ns}
 * @param minCount occurrences that a word of the training texts must have to get a row of its own
 * @param epochs passes over the training texts
 * @param learningRate at the start; falls linearly to 0
 * @param trainPerClass examples of each label to train on, drawn by the seed; 0 is all
 * @param seed of the draw, the order and new rows
 */
public record WordClassifierSettings(
    Loss loss,
    int wordNgrams,
    int buckets,
    int negative,
    int minCount,
    int epochs,
    double learningRate,
    int trainPerClass,
    long seed) {
  public WordClassifierSettings {
    Objects.requireNonNull(loss, "loss");
    check("word-ngrams", wordNgrams, wordNgrams >= 1 && wordNgrams <= 100, "in [1, 100]");
    check("buckets", buckets, buckets >= 1, ">= 1");
    check("negative", negative, negative >= 1 && negative <= 1000, "in [1, 1000]");
    check("min-count", minCount, minCount >= 1, ">= 1");
    check("epochs", epochs, epochs >= 1, ">= 1");
    check("learning-rate", learningRate, learningRate > 0 && learningRate <= 10, "in (0, 10]");
    check("train-per-class", trainPerClass, trainPerClass >= 0, ">= 0");
  }

  /** Settings that suit a method on a few dozen to a few thousand texts. */
  public static WordClassifierSettings defaults(Method method) {
    double rate = method == Method.PROBE ? 1.0 : 0.5;
    return new WordClassifierSettings(Loss.SOFTMAX, 1, 2_000_000, 5, 1, 25, rate, 0, 1);
  }

  /** The same, trained in another way. */
  public WordClassifierSettings trainedFor(
      int newEpochs, double newLearningRate, int newTrainPerClass, long newSeed) {
    return new WordClassifierSettings(
        loss,
        wordNgrams,
        buckets,
        negative,
        minCount,
        newEpochs,
        newLearningRate,
        newTrainPerClass,
        newSeed);
  }

  private static void check(String name, Number value, boolean valid, String range) {
    if (!valid) {
      throw new UserException(
          "Cannot fine-tune with " + name + " " + value + " (must be " + range + ")");
    }
  }
}
