package io.headwater.model.glove;

import java.util.List;

/**
 * What one step of the training takes.
 *
 * @param pair the word in the upper half and its context in the lower
 * @param target the bits of the count's logarithm in the upper half and of its weight in the loss
 *     in the lower
 */
public record Cooccurrence(long pair, long target) {
  /** Of one in an array or a file: the pair, then the target. */
  public static final int LONGS = 2;

  /** Both orders of a pair. A word that meets itself does so from both sides, in one. */
  public static List<Cooccurrence> of(PairCount counted, GloveConfig config) {
    long swapped = Long.rotateLeft(counted.key(), 32);
    double count = (double) counted.count() / CooccurrenceCounter.ONE;
    if (swapped == counted.key()) {
      return List.of(new Cooccurrence(swapped, target(2 * count, config)));
    }
    long target = target(count, config);
    return List.of(new Cooccurrence(counted.key(), target), new Cooccurrence(swapped, target));
  }

  private static long target(double count, GloveConfig config) {
    float logarithm = (float) Math.log(count);
    float weight =
        (float) (count < config.xMax() ? Math.pow(count / config.xMax(), config.alpha()) : 1);
    return ((long) Float.floatToRawIntBits(logarithm) << 32)
        | (Float.floatToRawIntBits(weight) & 0xffffffffL);
  }

  static float logarithm(long target) {
    return Float.intBitsToFloat((int) (target >>> 32));
  }

  static float weight(long target) {
    return Float.intBitsToFloat((int) target);
  }
}
