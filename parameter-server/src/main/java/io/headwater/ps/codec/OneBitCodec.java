package io.headwater.ps.codec;

import static io.headwater.ps.codec.OneBitKernel.GROUP;
import static io.headwater.ps.codec.OneBitKernel.LANES;

import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * 1-bit SGD (Seide et al., 2014): what has its sign bit clear becomes the mean of all such elements
 * of the chunk, the others become theirs.
 *
 * <pre>
 * 0 f32 mean of the elements without sign bit   4 f32 mean magnitude of the elements with it
 * 8 per 256 elements 8 words, u32 each: bit j of word l is the sign of element 8 j + l of them
 *   then, for r more elements, 8 words of r / 64 bytes (rounded up) each, in the same way
 * </pre>
 *
 * <p>The mean of no elements is 0, the bit of no element too. Both means are finite and not
 * negative: a chunk that is not finite, or near to overflow, is not encoded.
 */
final class OneBitCodec extends ChunkCodec {
  private static final int SIGNS = 2 * Float.BYTES;
  private static final int GROUP_BYTES = LANES * Integer.BYTES;
  private static final int BYTE_ELEMENTS = LANES * Byte.SIZE; // of a byte in each word
  private static final int INFINITY = 0x7f80_0000;

  private final OneBitKernel kernel;
  private final int[] words = new int[MAX_COUNT / GROUP * LANES];
  private final int[] lastWords = new int[LANES];
  private final float[] last = new float[GROUP];
  private final double[] clear = new double[LANES];
  private final double[] set = new double[LANES];

  OneBitCodec(OneBitKernel kernel) {
    super(Codec.ONE_BIT);
    this.kernel = kernel;
  }

  @Override
  public int length(int count) {
    return SIGNS + (count / GROUP) * GROUP_BYTES + LANES * lastWordBytes(count);
  }

  /** Bytes of each word of the elements after the last whole group. */
  private static int lastWordBytes(int count) {
    return (count % GROUP + BYTE_ELEMENTS - 1) / BYTE_ELEMENTS;
  }

  @Override
  int write(float[] from, int offset, int count, MutableDirectBuffer into, int index) {
    Arrays.fill(clear, 0);
    Arrays.fill(set, 0);
    int groups = count / GROUP;
    int rest = count % GROUP;
    kernel.encode(from, offset, groups, words, clear, set);
    int negatives = 0;
    for (int i = 0; i < groups * LANES; i++) {
      negatives += Integer.bitCount(words[i]);
      into.putInt(index + SIGNS + i * Integer.BYTES, words[i]);
    }
    if (rest > 0) {
      System.arraycopy(from, offset + groups * GROUP, last, 0, rest);
      Arrays.fill(last, rest, GROUP, 0f); // adds nothing
      kernel.encode(last, 0, 1, lastWords, clear, set);
      negatives += writeLastWords(lastWordBytes(count), into, index + length(count));
    }
    float mean = mean(clear, count - negatives);
    float negativeMean = mean(set, negatives);
    if (!Float.isFinite(mean) || !Float.isFinite(negativeMean)) {
      return NOT_FINITE;
    }
    into.putFloat(index, mean);
    into.putFloat(index + Float.BYTES, negativeMean);
    return length(count);
  }

  private int writeLastWords(int bytes, MutableDirectBuffer into, int end) {
    int negatives = 0;
    for (int lane = 0; lane < LANES; lane++) {
      int word = lastWords[lane];
      negatives += Integer.bitCount(word);
      for (int i = 0; i < bytes; i++) {
        into.putByte(end - (LANES - lane) * bytes + i, (byte) (word >>> Byte.SIZE * i));
      }
    }
    return negatives;
  }

  private static float mean(double[] lanes, int count) {
    double sum =
        ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]))
            + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
    return count == 0 ? 0f : (float) (sum / count);
  }

  @Override
  boolean isEncoding(DirectBuffer from, int index, int length, int count) {
    if (length != length(count)
        || !isMean(from.getInt(index))
        || !isMean(from.getInt(index + Float.BYTES))) {
      return false;
    }
    int rest = count % GROUP;
    readLastWords(from, index + length, lastWordBytes(count));
    for (int lane = 0; lane < LANES; lane++) {
      int elements = Math.max(0, rest - lane + LANES - 1) / LANES;
      if (elements < Integer.SIZE && lastWords[lane] >>> elements != 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isMean(int bits) {
    return bits >= 0 && bits < INFINITY;
  }

  private void readLastWords(DirectBuffer from, int end, int bytes) {
    for (int lane = 0; lane < LANES; lane++) {
      int word = 0;
      for (int i = 0; i < bytes; i++) {
        word |= (from.getByte(end - (LANES - lane) * bytes + i) & 0xff) << Byte.SIZE * i;
      }
      lastWords[lane] = word;
    }
  }

  /** Loads the words, those of the last elements too, and returns the number of whole groups. */
  private int load(DirectBuffer from, int index, int length, int count) {
    int groups = count / GROUP;
    for (int i = 0; i < groups * LANES; i++) {
      words[i] = from.getInt(index + SIGNS + i * Integer.BYTES);
    }
    readLastWords(from, index + length, lastWordBytes(count));
    return groups;
  }

  @Override
  void read(DirectBuffer from, int index, int length, float[] into, int count) {
    float positive = from.getFloat(index);
    float negative = -from.getFloat(index + Float.BYTES);
    int groups = load(from, index, length, count);
    kernel.decode(words, groups, positive, negative, into);
    if (count % GROUP > 0) {
      kernel.decode(lastWords, 1, positive, negative, last);
      System.arraycopy(last, 0, into, groups * GROUP, count % GROUP);
    }
  }

  @Override
  void readAndAdd(DirectBuffer from, int index, int length, float[] sum, int count) {
    float positive = from.getFloat(index);
    float negative = -from.getFloat(index + Float.BYTES);
    int groups = load(from, index, length, count);
    kernel.add(words, groups, positive, negative, sum);
    if (count % GROUP > 0) {
      kernel.decode(lastWords, 1, positive, negative, last);
      for (int i = groups * GROUP; i < count; i++) {
        sum[i] += last[i % GROUP];
      }
    }
  }
}
