package io.headwater.model.word2vec;

import io.headwater.model.embedding.Vocabulary;

/**
 * The centre against words drawn by their counts to a power, from an alias table (Walker, 1977):
 * exact, and constant time without a table of a hundred million entries.
 */
final class NegativeSampling implements OutputLayer {
  /** Of the original word2vec. */
  static final double WORD2VEC = 0.75;

  /** Of the original fastText. */
  static final double FASTTEXT = 0.5;

  private final int negative;
  private final float[] keep;
  private final int[] alias;

  /** With the power of the original program, word2vec or fastText. */
  static NegativeSampling of(Vocabulary vocabulary, int negative, boolean subwords) {
    return new NegativeSampling(vocabulary, negative, subwords ? FASTTEXT : WORD2VEC);
  }

  NegativeSampling(Vocabulary vocabulary, int negative, double power) {
    this.negative = negative;
    int words = vocabulary.size();
    this.keep = new float[words];
    this.alias = new int[words];
    double[] share = new double[words];
    double sum = 0;
    for (int id = 0; id < words; id++) {
      share[id] = Math.pow(vocabulary.count(id), power);
      sum += share[id];
    }
    for (int id = 0; id < words; id++) {
      share[id] *= words / sum;
    }
    fill(share);
  }

  @Override
  public OutputLayer forBlocks(int words) {
    return new PooledNegatives(this, negative, words);
  }

  @Override
  public int mostOutputs() {
    return negative + 1;
  }

  @Override
  public int rows() {
    return keep.length;
  }

  @Override
  public int outputs(int centre, Draws draws, int[] outputs, float[] labels) {
    outputs[0] = centre;
    labels[0] = 1;
    int count = 1;
    for (int n = 0; n < negative; n++) {
      int drawn = draw(draws);
      if (drawn != centre) {
        outputs[count] = drawn;
        labels[count++] = 0;
      }
    }
    return count;
  }

  int draw(Draws draws) {
    int column = draws.below(keep.length);
    return draws.fraction() < keep[column] ? column : alias[column];
  }

  private void fill(double[] share) {
    int words = share.length;
    int[] small = new int[words];
    int[] large = new int[words];
    int smalls = 0;
    int larges = 0;
    for (int id = 0; id < words; id++) {
      if (share[id] < 1) {
        small[smalls++] = id;
      } else {
        large[larges++] = id;
      }
    }
    while (smalls > 0 && larges > 0) {
      int less = small[--smalls];
      int more = large[larges - 1];
      keep[less] = (float) share[less];
      alias[less] = more;
      share[more] -= 1 - share[less];
      if (share[more] < 1) {
        larges--;
        small[smalls++] = more;
      }
    }
    while (larges > 0) {
      keep[large[--larges]] = 1;
    }
    while (smalls > 0) {
      keep[small[--smalls]] = 1;
    }
  }
}
