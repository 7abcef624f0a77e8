package io.headwater.model.word2vec;

/** The sigmoid between -6 and 6 in equal bins; 0 and 1 outside, as in the original program. */
final class SigmoidTable {
  static final int ORIGINAL_BINS = 1000;
  private static final float MOST = 6;

  private final float[] values;

  SigmoidTable(int bins) {
    values = new float[bins];
    for (int bin = 0; bin < bins; bin++) {
      double x = (2.0 * bin / bins - 1) * MOST;
      values[bin] = (float) (1 / (1 + Math.exp(-x)));
    }
  }

  float at(float x) {
    if (x >= MOST) {
      return 1;
    } else if (x <= -MOST) {
      return 0;
    }
    return values[Math.min(values.length - 1, (int) ((x + MOST) * (values.length / MOST / 2)))];
  }
}
