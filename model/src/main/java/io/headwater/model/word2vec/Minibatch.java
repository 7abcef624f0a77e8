package io.headwater.model.word2vec;

import io.headwater.model.embedding.Rows;

/**
 * Draws the outputs of a centre, has a kernel make the step, and looks at the loss now and then.
 */
final class Minibatch {
  private static final int LOSS_EVERY = 1024;

  private final Rows out;
  private final OutputLayer outputLayer;
  private final Kernel kernel;
  private final Draws draws;
  private final int[] outputs;
  private final float[] labels;
  private long batches;
  private double loss;
  private long lossPairs;

  Minibatch(Rows out, OutputLayer outputLayer, Kernel kernel, Draws draws) {
    this.out = out;
    this.outputLayer = outputLayer;
    this.kernel = kernel;
    this.draws = draws;
    this.outputs = new int[outputLayer.mostOutputs()];
    this.labels = new float[outputLayer.mostOutputs()];
  }

  /** Input rows learn to predict {@code word}. */
  void step(Rows inputRows, int[] inputs, int count, int word, float rate) {
    int outputCount = outputLayer.outputs(word, draws, outputs, labels);
    if (batches++ % LOSS_EVERY == 0) {
      loss += Objective.loss(inputRows, inputs, count, out, outputs, labels, outputCount);
      lossPairs += (long) count * outputCount;
    }
    kernel.update(inputRows, inputs, count, out, outputs, labels, outputCount, rate);
  }

  /** The mean of what was looked at; NaN if nothing was. */
  double loss() {
    return lossPairs == 0 ? Double.NaN : loss / lossPairs;
  }

  long lossPairs() {
    return lossPairs;
  }
}
