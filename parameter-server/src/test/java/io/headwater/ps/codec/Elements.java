package io.headwater.ps.codec;

import java.util.Random;

/** Elements that codecs might stumble over; the same for one seed. */
final class Elements {
  /** Counts about the sizes of vectors, words, pieces and chunks. */
  static final int[] COUNTS = {
    1, 2, 7, 8, 9, 15, 63, 64, 65, 255, 256, 257, 319, 320, 2_040, 4_095, 4_097, 16_319, 16_320
  };

  private static final float[] FINITE = {
    0f,
    -0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    0x1p-14f, // the smallest normal float16, and about it
    Math.nextDown(0x1p-14f),
    0x1p-24f,
    0x1p-25f,
    -0x1.000002p-25f,
    65_504f, // the largest float16, and the first that rounds to infinity
    65_519.996f,
    -65_520f,
    0x1.fep127f, // the largest bfloat16, and the first that rounds to infinity
    0x1.ffp127f,
    1f,
    1.00390625f // a tie of bfloat16
  };
  private static final float[] NOT_FINITE = {
    Float.NaN,
    Float.intBitsToFloat(0xffff_ffff),
    Float.intBitsToFloat(0x7f80_0001),
    Float.intBitsToFloat(0xff80_1000),
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY
  };

  private Elements() {}

  static float[] normal(long seed, int count) {
    Random random = new Random(seed);
    float[] elements = new float[count];
    for (int i = 0; i < count; i++) {
      elements[i] = (float) random.nextGaussian();
    }
    return elements;
  }

  /** Of any size, many equal to others, many special; all finite. */
  static float[] finite(long seed, int count) {
    Random random = new Random(seed);
    float[] elements = new float[count];
    for (int i = 0; i < count; i++) {
      elements[i] =
          switch (random.nextInt(4)) {
            case 0 -> FINITE[random.nextInt(FINITE.length)];
            case 1 -> random.nextInt(9) - 4;
            case 2 -> (float) random.nextGaussian() * 1e-4f;
            default -> anyFinite(random);
          };
    }
    return elements;
  }

  private static float anyFinite(Random random) {
    float x = Float.intBitsToFloat(random.nextInt());
    return Float.isFinite(x) ? x : 0.5f;
  }

  /** As above, but no sum of them overflows. */
  static float[] moderate(long seed, int count) {
    float[] elements = finite(seed, count);
    for (int i = 0; i < count; i++) {
      elements[i] *= 0x1p-20f;
    }
    return elements;
  }

  /** As the finite ones, and some infinite or NaN. */
  static float[] any(long seed, int count) {
    Random random = new Random(seed);
    float[] elements = finite(seed + 1, count);
    for (int i = 0; i < count; i += 1 + random.nextInt(10)) {
      elements[i] = NOT_FINITE[random.nextInt(NOT_FINITE.length)];
    }
    return elements;
  }
}
