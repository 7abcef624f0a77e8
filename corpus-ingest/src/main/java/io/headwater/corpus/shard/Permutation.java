package io.headwater.corpus.shard;

/*
 * A keyed bijection of [0, n) in O(1) time and no memory: a balanced Feistel network over the
 * smallest power of four that is at least n, walked until the value falls back inside (Black and
 * Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002). The domain is below 4n, so a walk
 * takes fewer than four rounds of the network on average. It is a shuffle, not a cipher.
 */
public final class Permutation {
  private static final int ROUNDS = 6;

  private Permutation() {}

  /** Where {@code index} of [0, n) goes under {@code key}. */
  public static long apply(long index, long n, long key) {
    if (index < 0 || index >= n) {
      throw new IndexOutOfBoundsException("index " + index + " outside [0, " + n + ")");
    }
    int halfBits = Math.max(1, (65 - Long.numberOfLeadingZeros(n - 1)) / 2);
    long value = index;
    do {
      value = network(value, halfBits, key);
    } while (value >= n);
    return value;
  }

  private static long network(long value, int halfBits, long key) {
    long mask = (1L << halfBits) - 1;
    long left = value >>> halfBits;
    long right = value & mask;
    for (int round = 0; round < ROUNDS; round++) {
      long next = left ^ (mix(mix(key + round) ^ right) & mask);
      left = right;
      right = next;
    }
    return left << halfBits | right;
  }

  /** SplitMix64's step and finalizer: every bit of the input moves every bit of the result. */
  public static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
