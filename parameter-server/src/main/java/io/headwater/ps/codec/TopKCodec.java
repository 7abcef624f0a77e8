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
  private static final int WORTH_COLLECTING = 16; // when no more than one in so many is left
  private static final int WORTH_THINNING = 4;
  private static final int BELOW_LAST = 1 << 19; // bits: 3 to 6% of a magnitude

  private final TopKKernel kernel;
  private final double ratio;
  private final float[] candidates = new float[MAX_COUNT];
  private final int[] indices = new int[MAX_COUNT]; // of candidates, in the chunk
  private final int[] remaining = new int[MAX_COUNT]; // indices among candidates
  private int found; // candidates
  private int threshold; // bits of a magnitude

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
    collect(from, offset, count, k, max);
    int equals = k;
    if (found > k) {
      equals -= kernel.count(candidates, 0, found, threshold + 1);
    }
    int values = index + Short.BYTES * k;
    int written = 0;
    for (int i = 0; written < k; i++) {
      if (ScalarTopK.magnitude(candidates[i]) > threshold || equals-- > 0) {
        into.putShort(index + Short.BYTES * written, (short) indices[i]);
        into.putFloat(values + Float.BYTES * written, candidates[i]);
        written++;
      }
    }
    return ELEMENT * k;
  }

  /**
   * Makes candidates of the elements of at least a threshold that k elements reach, or more than k
   * only if it is the k-th magnitude itself. The threshold is found bit by bit from the highest,
   * among ever fewer elements.
   */
  private void collect(float[] from, int offset, int count, int k, int max) {
    boolean collected = collectByLast(from, offset, count, k);
    threshold = 0;
    int left = count;
    for (int bit = Integer.highestOneBit(max); bit > 0 && left != k; bit >>>= 1) {
      int higher = threshold | bit;
      if (higher > max) {
        continue;
      }
      int reach =
          collected
              ? kernel.count(candidates, 0, found, higher)
              : kernel.count(from, offset, count, higher);
      if (reach < k) {
        continue;
      }
      threshold = higher;
      left = reach;
      if (collected && left <= found / WORTH_THINNING) {
        thinOut();
      } else if (!collected && left <= count / WORTH_COLLECTING) {
        collect(from, offset, count, threshold);
        collected = true;
      }
    }
    if (collected) {
      thinOut();
    } else {
      collect(from, offset, count, threshold);
    }
  }

  /**
   * Neighbours and steps are alike: elements somewhat below the last threshold may already be few,
   * and enough. Saves time, and changes no result.
   */
  private boolean collectByLast(float[] from, int offset, int count, int k) {
    int guess = threshold - BELOW_LAST;
    if (guess <= 0) {
      return false;
    }
    int reach = kernel.count(from, offset, count, guess);
    if (reach < k || reach > count / WORTH_COLLECTING) {
      return false;
    }
    collect(from, offset, count, guess);
    return true;
  }

  private void collect(float[] from, int offset, int count, int least) {
    found = kernel.select(from, offset, count, least, indices);
    for (int i = 0; i < found; i++) {
      candidates[i] = from[offset + indices[i]];
    }
  }

  private void thinOut() {
    found = kernel.select(candidates, 0, found, threshold, remaining);
    for (int i = 0; i < found; i++) {
      candidates[i] = candidates[remaining[i]];
      indices[i] = indices[remaining[i]];
    }
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
