package io.headwater.model.word2vec;

import io.headwater.model.embedding.Rows;

/** A kernel that looks at the loss now and then, before the rows change. */
final class LossMeter implements Kernel {
  private static final int EVERY = 1024;

  private final Kernel kernel;
  private long batches;
  private double loss;
  private long pairs;

  LossMeter(Kernel kernel) {
    this.kernel = kernel;
  }

  @Override
  public void update(
      Rows in,
      int[] inputs,
      int inputCount,
      Rows out,
      int[] outputs,
      float[] labels,
      int outputCount,
      float rate) {
    if (batches++ % EVERY == 0) {
      loss += Objective.loss(in, inputs, inputCount, out, outputs, labels, outputCount);
      pairs += (long) inputCount * outputCount;
    }
    kernel.update(in, inputs, inputCount, out, outputs, labels, outputCount, rate);
  }

  @Override
  public void average(Rows in, int[] inputs, int inputCount, Rows hidden, int at) {
    kernel.average(in, inputs, inputCount, hidden, at);
  }

  @Override
  public void spread(Rows hidden, int at, Rows in, int[] inputs, int inputCount) {
    kernel.spread(hidden, at, in, inputs, inputCount);
  }

  /** The mean of what was looked at; NaN if nothing was. */
  double loss() {
    return pairs == 0 ? Double.NaN : loss / pairs;
  }

  long pairs() {
    return pairs;
  }

  /** All that {@link #restore} needs. */
  long[] state() {
    return new long[] {batches, Double.doubleToRawLongBits(loss), pairs};
  }

  /** Goes on where another had this {@link #state}. */
  void restore(long[] state) {
    batches = state[0];
    loss = Double.longBitsToDouble(state[1]);
    pairs = state[2];
  }

  /** The mean; begins anew. */
  double take() {
    double mean = loss();
    batches = 0;
    loss = 0;
    pairs = 0;
    return mean;
  }
}
