package io.headwater.ps.optimizer;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** By the Vector API, eight elements at a time: a lane of the sum is a lane of a vector. */
final class VectorScaledSquares implements ScaledSquares {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_256;

  @Override
  public void scaleAndSum(float[] x, int count, float factor, double[] lanes) {
    DoubleVector low = DoubleVector.fromArray(DOUBLES, lanes, 0);
    DoubleVector high = DoubleVector.fromArray(DOUBLES, lanes, DOUBLES.length());
    int whole = FLOATS.loopBound(count);
    for (int i = 0; i < whole; i += FLOATS.length()) {
      FloatVector scaled = FloatVector.fromArray(FLOATS, x, i).mul(factor);
      scaled.intoArray(x, i);
      DoubleVector first = (DoubleVector) scaled.convertShape(VectorOperators.F2D, DOUBLES, 0);
      DoubleVector second = (DoubleVector) scaled.convertShape(VectorOperators.F2D, DOUBLES, 1);
      low = low.add(first.mul(first)); // not fma: it would round once where the scalar rounds twice
      high = high.add(second.mul(second));
    }
    low.intoArray(lanes, 0);
    high.intoArray(lanes, DOUBLES.length());
    for (int i = whole; i < count; i++) {
      x[i] *= factor;
      lanes[i - whole] += (double) x[i] * x[i];
    }
  }
}
