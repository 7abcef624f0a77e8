package io.headwater.corpus;

import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * A document's place in the corpus, from the hash of its text and the seed, and from nothing else:
 * the order is the same however the documents came, and equal documents lie side by side.
 *
 * @param order signed; a bijection of 64 bits of the hash, keyed by the seed
 * @param identity 64 further bits of the hash; unsigned, they also choose the split, whatever the
 *     seed
 */
record DocumentKey(long order, long identity) {
  static DocumentKey of(byte[] text, MessageDigest sha256, long seed) {
    ByteBuffer hash = ByteBuffer.wrap(sha256.digest(text));
    return new DocumentKey(mix(hash.getLong(0) ^ mix(seed)), hash.getLong(8));
  }

  /** Which of so many ranges of equal width the order falls in; ranges ascend with the order. */
  int range(int ranges) {
    long upper = (order ^ Long.MIN_VALUE) >>> 1;
    return (int) Math.multiplyHigh(upper, (long) ranges << 1);
  }

  /** SplitMix64's finalizer: a bijection. */
  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
