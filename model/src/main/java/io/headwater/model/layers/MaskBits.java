package io.headwater.model.layers;

/**
 * Bits of the elements of a mask that drops some: a function of two keys and of the element's
 * number, so that the compiler makes vectors of the loops.
 *
 * <p>The number is mixed as by the hash of two multiplications that Wellons found by search
 * (nullprogram.com/blog/2018/07/31, 0x21f0aaad and 0xd35a2d97), the second key between them.
 */
final class MaskBits {
  private static final int GOLDEN_RATIO = 0x9e37_79b9;
  private static final int STEPS = Integer.MAX_VALUE; // of 31 bits

  private final int key;
  private final int second;
  private final int dropped;
  private final int scale;

  /**
   * @param rate part that is dropped, below 1
   */
  MaskBits(int key, int second, double rate) {
    this.key = key;
    this.second = second;
    this.dropped = (int) Math.round(rate * STEPS);
    this.scale = Float.floatToRawIntBits((float) (1 / (1 - rate)));
  }

  /** The bits of elements {@code first} and after. */
  void float32s(int first, int[] into) {
    for (int i = 0; i < into.length; i++) {
      into[i] = kept(first + i) & scale;
    }
  }

  /** Words of two elements, from {@code 2 * first} on, the even ones in the lower halves. */
  void bfloat16s(int first, int[] into) {
    int upper = (scale + 0x7fff + (scale >>> 16 & 1)) & 0xffff_0000; // to the nearest bfloat16
    int lower = upper >>> 16;
    for (int i = 0; i < into.length; i++) {
      int even = 2 * (first + i);
      into[i] = (kept(even) & lower) | (kept(even + 1) & upper);
    }
  }

  /** All bits of an element that is kept, none of one that is dropped. */
  private int kept(int element) {
    int z = element * GOLDEN_RATIO + key;
    z = (z ^ z >>> 16) * 0x21f0_aaad ^ second;
    z = (z ^ z >>> 15) * 0xd35a_2d97;
    z ^= z >>> 15;
    return ~((z >>> 1) - dropped >> 31);
  }
}
