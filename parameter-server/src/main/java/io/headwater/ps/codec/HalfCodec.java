package io.headwater.ps.codec;

import static io.headwater.ps.codec.HalfKernel.GROUP;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;

/**
 * Two bytes an element: groups of {@value HalfKernel#GROUP} elements, then what is left in order.
 * Infinities and NaN stay what they are.
 */
final class HalfCodec extends ChunkCodec {
  private static final long ARRAY_BASE = UnsafeApi.arrayBaseOffset(int[].class);
  private static final int PIECE = 4096; // elements: 8 KiB, which stay in the first-level cache

  private final HalfKernel kernel;
  private final int[] words = new int[PIECE / 2];

  HalfCodec(Codec codec, HalfKernel kernel) {
    super(codec);
    this.kernel = kernel;
  }

  @Override
  public int length(int count) {
    return Short.BYTES * count;
  }

  @Override
  int write(float[] from, int offset, int count, MutableDirectBuffer into, int index) {
    int whole = whole(count);
    for (int first = 0; first < whole; first += PIECE) {
      int piece = Math.min(PIECE, whole - first);
      kernel.narrow(from, offset + first, piece / GROUP, words);
      UnsafeApi.copyMemory(
          words,
          ARRAY_BASE,
          into.byteArray(),
          into.addressOffset() + index + Short.BYTES * first,
          Short.BYTES * piece);
    }
    for (int i = whole; i < count; i++) {
      short half = kernel.narrow(from[offset + i]);
      into.putShort(index + Short.BYTES * i, half, ByteOrder.LITTLE_ENDIAN);
    }
    return length(count);
  }

  private static int whole(int count) {
    return count / GROUP * GROUP;
  }

  @Override
  boolean isEncoding(DirectBuffer from, int index, int length, int count) {
    return length == length(count);
  }

  @Override
  void read(DirectBuffer from, int index, int length, float[] into, int count) {
    int whole = whole(count);
    for (int first = 0; first < whole; first += PIECE) {
      kernel.widen(words, load(from, index, first, whole), into, first);
    }
    for (int i = whole; i < count; i++) {
      into[i] = element(from, index, i);
    }
  }

  @Override
  void readAndAdd(DirectBuffer from, int index, int length, float[] sum, int count) {
    int whole = whole(count);
    for (int first = 0; first < whole; first += PIECE) {
      kernel.add(words, load(from, index, first, whole), sum, first);
    }
    for (int i = whole; i < count; i++) {
      sum[i] += element(from, index, i);
    }
  }

  /** Returns how many groups there are. */
  private int load(DirectBuffer from, int index, int first, int whole) {
    int piece = Math.min(PIECE, whole - first);
    UnsafeApi.copyMemory(
        from.byteArray(),
        from.addressOffset() + index + Short.BYTES * first,
        words,
        ARRAY_BASE,
        Short.BYTES * piece);
    return piece / GROUP;
  }

  private float element(DirectBuffer from, int index, int i) {
    return kernel.widen(from.getShort(index + Short.BYTES * i, ByteOrder.LITTLE_ENDIAN));
  }
}
