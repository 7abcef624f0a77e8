package io.headwater.ps.protocol;

import java.util.List;

/**
 * What came of one micro-batch, beside its gradient.
 *
 * @param losses means in nats, the same ones in all micro-batches of a run; their sum is the loss
 * @param gradientNorm of this micro-batch alone: says where an update that the guard refuses came
 *     from; NaN if there is no guard
 * @param tokens that were read
 * @param flops floating-point operations of the model, forward and backward; 0 if they are not
 *     known
 * @param dataSeconds of waiting for the examples
 */
public record MicroBatchFigures(
    List<Double> losses, double gradientNorm, long tokens, double flops, double dataSeconds) {
  public MicroBatchFigures {
    losses = List.copyOf(losses);
  }

  /** Of one loss; nothing is known of operations and waits. */
  public static MicroBatchFigures of(double loss, double gradientNorm, long tokens) {
    return new MicroBatchFigures(List.of(loss), gradientNorm, tokens, 0, 0);
  }

  /** The sum of the losses. */
  public double loss() {
    double sum = 0;
    for (double loss : losses) {
      sum += loss;
    }
    return sum;
  }
}
