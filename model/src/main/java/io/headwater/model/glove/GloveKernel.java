package io.headwater.model.glove;

/**
 * One step of AdaGrad on one entry: with {@code d = w . c + b + b' - log x} and the loss {@code f
 * d^2 / 2}, each weight takes its gradient times the learning rate over the root of its squares,
 * which then grow by the square of that gradient times the learning rate, as in the original
 * program. Both rows step from where both were.
 */
interface GloveKernel {
  /**
   * Makes the step.
   *
   * @param logarithm of the count
   * @param weight of the entry, {@code f}
   * @return the loss before it
   */
  float step(int word, int context, float logarithm, float weight);

  /**
   * Steps on some entries, in their order.
   *
   * @param entries two longs each, as those of a {@link Cooccurrence}
   * @param from the first entry
   * @return the sum of their losses, each before its step
   */
  default double steps(long[] entries, int from, int count) {
    double loss = 0;
    for (int e = from * Cooccurrence.LONGS;
        e < (from + count) * Cooccurrence.LONGS;
        e += Cooccurrence.LONGS) {
      long pair = entries[e];
      long target = entries[e + 1];
      loss +=
          step(
              (int) (pair >>> 32),
              (int) pair,
              Cooccurrence.logarithm(target),
              Cooccurrence.weight(target));
    }
    return loss;
  }
}
