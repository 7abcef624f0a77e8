package io.headwater.ps.optimizer;

/**
 * The bias corrections of one step of Adam's moments.
 *
 * @param firstCorrection what the first moment is divided by
 * @param rootFactor what the root of the second moment is multiplied by
 */
record AdamStep(double firstCorrection, float rootFactor) {
  static AdamStep of(OptimizerConfig config, long step) {
    // StrictMath: the same bits on every machine and compiler tier.
    double second = 1 - StrictMath.pow(config.beta2(), step + 1.0);
    return new AdamStep(
        1 - StrictMath.pow(config.beta1(), step + 1.0), (float) (1 / StrictMath.sqrt(second)));
  }
}
