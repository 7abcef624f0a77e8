package io.headwater.ps.coordinator;

import java.util.List;

/**
 * What the driver is told of a finished step beyond what everyone is.
 *
 * @param losses means over the micro-batches in nats, whose sum is the step's loss
 * @param flops floating-point operations of the model; 0 if they are not known
 * @param dataSeconds for how long the worker that all waited for waited for its examples; 0 where
 *     workers do not keep step
 * @param weightNorm of all weights after the step; NaN in most steps, in which it is not measured
 * @param updateNorm of what the step has added to them; likewise
 */
public record StepFigures(
    List<Double> losses, double flops, double dataSeconds, double weightNorm, double updateNorm) {
  public StepFigures {
    losses = List.copyOf(losses);
  }
}
