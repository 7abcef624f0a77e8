package io.headwater.model.glove;

import io.headwater.model.embedding.Rows;

/** Plain loops: the reference, and what runs where the Vector API is absent. */
final class ScalarGloveKernel implements GloveKernel {
  private final GloveModel model;
  private final int dim;
  private final float rate;

  ScalarGloveKernel(GloveModel model, double rate) {
    this.model = model;
    this.dim = model.word().width() - 1;
    this.rate = (float) rate;
  }

  @Override
  public float step(int word, int context, float logarithm, float weight) {
    float[] w = model.word().block(word);
    float[] c = model.context().block(context);
    int atW = model.word().offset(word);
    int atC = model.context().offset(context);
    float difference = w[atW + dim] + c[atC + dim] - logarithm;
    for (int d = 0; d < dim; d++) {
      difference += w[atW + d] * c[atC + d];
    }
    float error = weight * difference * rate;
    float[] squaresW = model.wordSquares().block(word);
    float[] squaresC = model.contextSquares().block(context);
    int atSquaresW = model.wordSquares().offset(word);
    int atSquaresC = model.contextSquares().offset(context);
    for (int d = 0; d < dim; d++) {
      float gradientW = error * c[atC + d];
      float gradientC = error * w[atW + d];
      w[atW + d] -= gradientW / (float) Math.sqrt(squaresW[atSquaresW + d]);
      c[atC + d] -= gradientC / (float) Math.sqrt(squaresC[atSquaresC + d]);
      squaresW[atSquaresW + d] += gradientW * gradientW;
      squaresC[atSquaresC + d] += gradientC * gradientC;
    }
    bias(model.word(), model.wordSquares(), word, error);
    bias(model.context(), model.contextSquares(), context, error);
    return 0.5f * weight * difference * difference;
  }

  private void bias(Rows rows, Rows squares, int row, float error) {
    float[] block = squares.block(row);
    int at = squares.offset(row) + dim;
    rows.block(row)[rows.offset(row) + dim] -= error / (float) Math.sqrt(block[at]);
    block[at] += error * error;
  }
}
