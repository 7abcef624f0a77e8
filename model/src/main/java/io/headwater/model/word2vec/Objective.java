package io.headwater.model.word2vec;

import io.headwater.model.embedding.Rows;

/** The logistic loss of a minibatch in double precision. */
final class Objective {
  private Objective() {}

  /** The sum over all pairs of an input and an output, nats. */
  static double loss(
      Rows in,
      int[] inputs,
      int inputCount,
      Rows out,
      int[] outputs,
      float[] labels,
      int outputCount) {
    double loss = 0;
    for (int i = 0; i < inputCount; i++) {
      for (int k = 0; k < outputCount; k++) {
        double product = 0;
        float[] x = in.block(inputs[i]);
        float[] y = out.block(outputs[k]);
        for (int d = 0; d < in.width(); d++) {
          product += (double) x[in.offset(inputs[i]) + d] * y[out.offset(outputs[k]) + d];
        }
        double margin = labels[k] > 0 ? product : -product;
        loss += Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));
      }
    }
    return loss;
  }
}
