package io.headwater.model.glove;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/*
 * A row is dim weights, the bias and padding. The products run over all of it: what the biases add
 * is taken off again, and the padding is zero. The steps run over all of it too, and the biases
 * are put right afterwards.
 *
 * Roots and divisions would take most of the time, so the inverse root is a guess from the bits of
 * the number and two steps of Newton: off by less than 5e-6 of it.
 */
/** The step by the Vector API. */
final class VectorGloveKernel implements GloveKernel {
  private static final VectorSpecies<Float> SPECIES =
      FloatVector.SPECIES_PREFERRED.length() > 16
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int GUESS = 0x5f375a86;

  private final GloveRows rows;
  private final int dim;
  private final int stride;
  private final float rate;

  VectorGloveKernel(GloveRows rows, double rate) {
    this.rows = rows;
    this.dim = rows.word().width() - 1;
    this.stride = rows.word().stride();
    this.rate = (float) rate;
  }

  @Override
  public float step(int word, int context, float logarithm, float weight) {
    float[] w = rows.word().block(word);
    float[] c = rows.context().block(context);
    int atW = rows.word().offset(word);
    int atC = rows.context().offset(context);
    float biasW = w[atW + dim];
    float biasC = c[atC + dim];
    float difference = product(w, atW, c, atC) - biasW * biasC + biasW + biasC - logarithm;
    float error = weight * difference * rate;

    float[] squaresW = rows.wordSquares().block(word);
    float[] squaresC = rows.contextSquares().block(context);
    int atSquaresW = rows.wordSquares().offset(word);
    int atSquaresC = rows.contextSquares().offset(context);
    float squareW = squaresW[atSquaresW + dim];
    float squareC = squaresC[atSquaresC + dim];
    for (int d = 0; d < stride; d += LANES) {
      FloatVector vw = FloatVector.fromArray(SPECIES, w, atW + d);
      FloatVector vc = FloatVector.fromArray(SPECIES, c, atC + d);
      FloatVector sw = FloatVector.fromArray(SPECIES, squaresW, atSquaresW + d);
      FloatVector sc = FloatVector.fromArray(SPECIES, squaresC, atSquaresC + d);
      FloatVector gw = vc.mul(error);
      FloatVector gc = vw.mul(error);
      vw.sub(gw.mul(inverseRoot(sw))).intoArray(w, atW + d);
      vc.sub(gc.mul(inverseRoot(sc))).intoArray(c, atC + d);
      gw.fma(gw, sw).intoArray(squaresW, atSquaresW + d);
      gc.fma(gc, sc).intoArray(squaresC, atSquaresC + d);
    }
    w[atW + dim] = biasW - error / (float) Math.sqrt(squareW);
    c[atC + dim] = biasC - error / (float) Math.sqrt(squareC);
    squaresW[atSquaresW + dim] = squareW + error * error;
    squaresC[atSquaresC + dim] = squareC + error * error;
    return 0.5f * weight * difference * difference;
  }

  private float product(float[] w, int atW, float[] c, int atC) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int d = 0; d < stride; d += LANES) {
      sum =
          FloatVector.fromArray(SPECIES, w, atW + d)
              .fma(FloatVector.fromArray(SPECIES, c, atC + d), sum);
    }
    return sum.reduceLanes(VectorOperators.ADD);
  }

  private static FloatVector inverseRoot(FloatVector x) {
    IntVector bits = x.reinterpretAsInts().lanewise(VectorOperators.LSHR, 1).neg().add(GUESS);
    FloatVector half = x.mul(-0.5f);
    FloatVector y = bits.reinterpretAsFloats();
    y = y.mul(half.mul(y).fma(y, FloatVector.broadcast(SPECIES, 1.5f)));
    return y.mul(half.mul(y).fma(y, FloatVector.broadcast(SPECIES, 1.5f)));
  }
}
