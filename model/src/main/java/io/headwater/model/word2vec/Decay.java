package io.headwater.model.word2vec;

/**
 * The learning rate: linear in the words done, down to a ten-thousandth of the first.
 *
 * @param total words of all epochs
 * @param before words of earlier epochs
 */
record Decay(double first, long total, long before) {
  private static final double LEAST = 1e-4;

  float rate(long done) {
    double left = 1 - (before + done) / (total + 1.0);
    return (float) (first * Math.max(LEAST, left));
  }
}
