package io.headwater.finetune;

import io.headwater.model.head.HeadedNetwork;

/**
 * What the head of a network is trained on while its body is frozen.
 *
 * @param network whose head it is
 * @param features what the head scores, (R, D)
 * @param targets (R, C): one-hot classes, or values
 * @param classes whether the targets are classes, learned by cross-entropy; else values, by squared
 *     error
 */
public record ProbeExamples(
    HeadedNetwork network, float[][] features, float[][] targets, boolean classes) {
  /** Of classes by their numbers. */
  public static ProbeExamples ofClasses(HeadedNetwork network, float[][] features, int[] classes) {
    float[][] targets = new float[classes.length][network.head().outputs()];
    for (int row = 0; row < classes.length; row++) {
      targets[row][classes[row]] = 1;
    }
    return new ProbeExamples(network, features, targets, true);
  }
}
