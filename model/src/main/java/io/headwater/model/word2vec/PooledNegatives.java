package io.headwater.model.word2vec;

/**
 * Negative sampling whose words come from a pool that is drawn anew for each block: each word is
 * drawn as often as without, but a block touches fewer rows.
 */
final class PooledNegatives implements OutputLayer {
  private final NegativeSampling sampling;
  private final int negative;
  private final int[] pool;

  PooledNegatives(NegativeSampling sampling, int negative, int poolSize) {
    this.sampling = sampling;
    this.negative = negative;
    this.pool = new int[poolSize];
  }

  @Override
  public void begin(Draws draws) {
    for (int i = 0; i < pool.length; i++) {
      pool[i] = sampling.draw(draws);
    }
  }

  @Override
  public int mostOutputs() {
    return sampling.mostOutputs();
  }

  @Override
  public int rows() {
    return sampling.rows();
  }

  @Override
  public int outputs(int centre, Draws draws, int[] outputs, float[] labels) {
    outputs[0] = centre;
    labels[0] = 1;
    int count = 1;
    for (int n = 0; n < negative; n++) {
      int drawn = pool[draws.below(pool.length)];
      if (drawn != centre) {
        outputs[count] = drawn;
        labels[count++] = 0;
      }
    }
    return count;
  }
}
