package io.headwater.ps.codec;

import io.headwater.checkpoint.UserException;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The {@code k = ceil(count * ratio)} elements of largest magnitude (Aji and Heafield, 2017,
 * arXiv:1704.05021); among equals, those of lowest index. The others become 0.
 *
 * <pre>
 * 0 k u16 indices, ascending   2k k f32 values, finite
 * </pre>
 */
final class TopKCodec extends ChunkCodec {
  private static final int ELEMENT = Short.BYTES + Float.BYTES;
  private static final int INFINITY = 0x7f80_0000;
  private static final int WORTH_COLLECTING = 4; // when no more than one in so many is left

  private final TopKKernel kernel;
  private final double ratio;
  private final int[] indices = new int[MAX_COUNT];
  private final float[] candidates = new float[MAX_COUNT];

  TopKCodec(TopKKernel kernel, double ratio) {
    super(Codec.TOP_K);
    if (!(ratio > 0 && ratio <= 1)) {
      throw new UserException("Cannot keep " + ratio + " of a gradient: must be in (0, 1]");
    }
    this.kernel = kernel;
    this.ratio = ratio;
  }

  private int kept(int count) {
    return (int) Math.min(count, Math.ceil(count * ratio));
  }

  @Override
  public int length(int count) {
    return ELEMENT * kept(count);
  }

  @Override
  int write(float[] from, int offset, int count, MutableDirectBuffer into, int index) {
    int max = kernel.max(from, offset, count);
    if (max >= INFINITY) {
      return NOT_FINITE;
    }
    int k = kept(count);
    int threshold = threshold(from, offset, count, k, max);
    int found = kernel.select(from, offset, count, threshold, indices);
    int equals = k;
    if (found > k) {
      equals -= kernel.count(from, offset, count, threshold + 1);
    }
    int values = index + Short.BYTES * k;
    int written = 0;
    for (int i = 0; written < k; i++) {
      float x = from[offset + indices[i]];
      if (ScalarTopK.magnitude(x) > threshold || equals-- > 0) {
        into.putShort(index + Short.BYTES * written, (short) indices[i]);
        into.putFloat(values + Float.BYTES * written, x);
        written++;
      }
    }
    return ELEMENT * k;
  }

  /**
   * A magnitude that k elements have at least, or more than k only if it is the k-th itself. Found
   * bit by bit from the highest, among ever fewer elements.
   */
  private int threshold(float[] from, int offset, int count, int k, int max) {
    float[] pool = from;
    int first = offset;
    int size = count;
    int known = 0;
    for (int bit = Integer.highestOneBit(max); bit > 0; bit >>>= 1) {
      int higher = known | bit;
      int found = higher > max ? 0 : kernel.count(pool, first, size, higher);
      if (found < k) {
        continue;
      }
      known = higher;
      if (found == k) {
        return known;
      }
      if (found <= size / WORTH_COLLECTING) {
        kernel.select(pool, first, size, known, indices);
        for (int i = 0; i < found; i++) {
          candidates[i] = pool[first + indices[i]];
        }
        pool = candidates;
        first = 0;
        size = found;
      }
    }
    return known;
  }

  @Override
  boolean isEncoding(DirectBuffer from, int index, int length, int count) {
    int k = length / ELEMENT;
    if (length % ELEMENT != 0 || k > count) {
      return false;
    }
    int values = index + Short.BYTES * k;
    int previous = -1;
    for (int i = 0; i < k; i++) {
      int element = element(from, index, i);
      int magnitude = from.getInt(values + Float.BYTES * i) & 0x7fff_ffff;
      if (element <= previous || element >= count || magnitude >= INFINITY) {
        return false;
      }
      previous = element;
    }
    return true;
  }

  private static int element(DirectBuffer from, int index, int i) {
    return from.getShort(index + Short.BYTES * i) & 0xffff;
  }

  @Override
  void read(DirectBuffer from, int index, int length, float[] into, int count) {
    Arrays.fill(into, 0, count, 0f);
    int k = length / ELEMENT;
    int values = index + Short.BYTES * k;
    for (int i = 0; i < k; i++) {
      into[element(from, index, i)] = from.getFloat(values + Float.BYTES * i);
    }
  }

  @Override
  void readAndAdd(DirectBuffer from, int index, int length, float[] sum, int count) {
    int k = length / ELEMENT;
    int values = index + Short.BYTES * k;
    for (int i = 0; i < k; i++) {
      sum[element(from, index, i)] += from.getFloat(values + Float.BYTES * i);
    }
  }
}
