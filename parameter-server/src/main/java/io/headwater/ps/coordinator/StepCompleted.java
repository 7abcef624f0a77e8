package io.headwater.ps.coordinator;

/**
 * One finished step of a run.
 *
 * @param step number of updates made so far, this one included
 * @param loss mean over the micro-batches, in nats
 * @param gradientNorm global norm of the mean gradient before clipping; NaN if clipping is off
 * @param learningRate rate of this update
 * @param tokens tokens of this step's batch
 * @param clipped whether the gradient was scaled down
 */
public record StepCompleted(
    long step,
    double loss,
    double gradientNorm,
    float learningRate,
    long tokens,
    boolean clipped) {}
