package io.headwater.ps.optimizer;

/**
 * The numbers of one AdamW step that all elements share.
 *
 * @param size learning rate over the first moment's bias correction
 * @param rootCorrection one over the root of the second moment's bias correction
 */
record AdamWStep(float beta1, float beta2, float epsilon, float size, float rootCorrection) {
  static AdamWStep of(OptimizerConfig config, long step, float learningRate) {
    // StrictMath: the same bits on every machine and compiler tier.
    double first = 1 - StrictMath.pow(config.beta1(), step + 1.0);
    double second = 1 - StrictMath.pow(config.beta2(), step + 1.0);
    return new AdamWStep(
        config.beta1(),
        config.beta2(),
        config.epsilon(),
        (float) (learningRate / first),
        (float) (1 / StrictMath.sqrt(second)));
  }
}
