package io.headwater.ps.coordinator;

import io.headwater.ps.optimizer.UpdateGuard;

/**
 * One finished step of a run.
 *
 * @param step number of updates made so far, this one included
 * @param loss mean over the micro-batches, in nats
 * @param gradientNorm global norm of the mean gradient before clipping; NaN if clipping is off
 * @param learningRate rate of this update
 * @param tokens tokens of this step's batch
 * @param clipped whether the gradient was scaled down
 * @param refused whether the update was refused, and the weights are as before
 * @param kept whether a checkpoint is written of these weights; that of a run's last ones is
 *     decided later
 * @param guard what the guard knows after this step
 * @param figures more of the step
 */
public record StepCompleted(
    long step,
    double loss,
    double gradientNorm,
    float learningRate,
    long tokens,
    boolean clipped,
    boolean refused,
    boolean kept,
    UpdateGuard.State guard,
    StepFigures figures) {}
