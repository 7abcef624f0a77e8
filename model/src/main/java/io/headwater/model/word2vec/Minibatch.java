package io.headwater.model.word2vec;

import io.headwater.model.embedding.Rows;

/** Draws the outputs of a centre and has a kernel make the step. */
final class Minibatch {
  private final Rows out;
  private final OutputLayer outputLayer;
  private final Kernel kernel;
  private final Draws draws;
  private final int[] outputs;
  private final float[] labels;

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
    kernel.update(inputRows, inputs, count, out, outputs, labels, outputCount, rate);
  }
}
