package io.headwater.ps.codec;

/** By plain loops: the definition. */
final class ScalarOneBit implements OneBitKernel {
  @Override
  public void encode(
      float[] from, int offset, int groups, int[] words, double[] clear, double[] set) {
    for (int group = 0; group < groups; group++) {
      for (int lane = 0; lane < LANES; lane++) {
        int word = 0;
        float clearSum = 0;
        float setSum = 0;
        for (int j = 0; j < Integer.SIZE; j++) {
          float x = from[offset + group * GROUP + j * LANES + lane];
          int sign = Float.floatToRawIntBits(x) >>> 31;
          word |= sign << j;
          if (sign == 0) {
            clearSum += x;
          } else {
            setSum -= x;
          }
        }
        clear[lane] += clearSum;
        set[lane] += setSum;
        words[group * LANES + lane] = word;
      }
    }
  }

  @Override
  public void decode(int[] words, int groups, float clear, float set, float[] into) {
    for (int i = 0; i < groups * GROUP; i++) {
      into[i] = value(words, i, clear, set);
    }
  }

  @Override
  public void add(int[] words, int groups, float clear, float set, float[] sum) {
    for (int i = 0; i < groups * GROUP; i++) {
      sum[i] += value(words, i, clear, set);
    }
  }

  private static float value(int[] words, int i, float clear, float set) {
    int word = words[i / GROUP * LANES + i % LANES];
    return (word >>> i % GROUP / LANES & 1) == 0 ? clear : set;
  }
}
