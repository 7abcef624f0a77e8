package io.headwater.ps.sparse;

/**
 * The inverse of the standard normal distribution function, to about 7 digits: Wichura, Algorithm
 * AS 241 (PPND7), Applied Statistics 37 (1988). Rational functions of the argument, and StrictMath
 * in the tails: the same bits on every machine.
 */
final class NormalQuantile {
  private static final double[] CENTRE_OVER = {
    3.3871327179, 50.434271938, 159.29113202, 59.109374720
  };
  private static final double[] CENTRE_UNDER = {1, 17.895169469, 78.757757664, 67.187563600};
  private static final double[] TAIL_OVER = {
    1.4234372777, 2.7568153900, 1.3067284816, 0.17023821103
  };
  private static final double[] TAIL_UNDER = {1, 0.73700164250, 0.12021132975};
  private static final double[] FAR_OVER = {
    6.6579051150, 3.0812263860, 0.42868294337, 0.017337203997
  };
  private static final double[] FAR_UNDER = {1, 0.24197894225, 0.012258202635};

  private NormalQuantile() {}

  /**
   * @param p probability, in (0, 1)
   */
  static double of(double p) {
    double q = p - 0.5;
    if (Math.abs(q) <= 0.425) {
      double r = 0.180625 - q * q;
      return q * polynomial(CENTRE_OVER, r) / polynomial(CENTRE_UNDER, r);
    }
    double r = Math.sqrt(-StrictMath.log(Math.min(p, 1 - p)));
    double size =
        r <= 5
            ? polynomial(TAIL_OVER, r - 1.6) / polynomial(TAIL_UNDER, r - 1.6)
            : polynomial(FAR_OVER, r - 5) / polynomial(FAR_UNDER, r - 5);
    return q < 0 ? -size : size;
  }

  private static double polynomial(double[] coefficients, double x) {
    double sum = 0;
    for (int i = coefficients.length - 1; i >= 0; i--) {
      sum = sum * x + coefficients[i];
    }
    return sum;
  }
}
