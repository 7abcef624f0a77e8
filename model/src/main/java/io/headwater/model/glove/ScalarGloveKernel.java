package io.headwater.model.glove;

import io.headwater.model.embedding.Rows;

/** Plain loops: the reference, and what runs where the Vector API is absent. */
final class ScalarGloveKernel implements GloveKernel {
  private final GloveRows rows;
  private final int dim;
  private final float rate;

  ScalarGloveKernel(GloveRows rows, double rate) {
    this.rows = rows;
    this.dim = rows.word().width() - 1;
    this.rate = (float) rate;
  }

  @Override
  public float step(int word, int context, float logarithm, float weight) {
    float[] w = rows.word().block(word);
    float[] c = rows.context().block(context);
    int atW = rows.word().offset(word);
    int atC = rows.context().offset(context);
    float difference = w[atW + dim] + c[atC + dim] - logarithm;
    for (int d = 0; d < dim; d++) {
      difference += w[atW + d] * c[atC + d];
    }
    float error = weight * difference * rate;
    float[] squaresW = rows.wordSquares().block(word);
    float[] squaresC = rows.contextSquares().block(context);
    int atSquaresW = rows.wordSquares().offset(word);
    int atSquaresC = rows.contextSquares().offset(context);
    for (int d = 0; d < dim; d++) {
      float gradientW = error * c[atC + d];
      float gradientC = error * w[atW + d];
      w[atW + d] -= gradientW / (float) Math.sqrt(squaresW[atSquaresW + d]);
      c[atC + d] -= gradientC / (float) Math.sqrt(squaresC[atSquaresC + d]);
      squaresW[atSquaresW + d] += gradientW * gradientW;
      squaresC[atSquaresC + d] += gradientC * gradientC;
    }
    bias(rows.word(), rows.wordSquares(), word, error);
    bias(rows.context(), rows.contextSquares(), context, error);
    return 0.5f * weight * difference * difference;
  }

  private void bias(Rows matrix, Rows squares, int row, float error) {
    float[] block = squares.block(row);
    int at = squares.offset(row) + dim;
    matrix.block(row)[matrix.offset(row) + dim] -= error / (float) Math.sqrt(block[at]);
    block[at] += error * error;
  }
}
