package io.headwater.ps.codec;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;

/** Two bytes an element. Infinities and NaN stay what they are. */
final class HalfCodec extends ChunkCodec {
  private static final long ARRAY_BASE = UnsafeApi.arrayBaseOffset(short[].class);
  private static final int PIECE = 4096; // elements: 8 KiB, which stay in the first-level cache

  private final HalfKernel kernel;
  private final short[] halves = new short[PIECE];

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
    for (int first = 0; first < count; first += PIECE) {
      int piece = Math.min(PIECE, count - first);
      kernel.narrow(from, offset + first, piece, halves);
      UnsafeApi.copyMemory(
          halves,
          ARRAY_BASE,
          into.byteArray(),
          into.addressOffset() + index + Short.BYTES * first,
          Short.BYTES * piece);
    }
    return length(count);
  }

  @Override
  boolean isEncoding(DirectBuffer from, int index, int length, int count) {
    return length == length(count);
  }

  @Override
  void read(DirectBuffer from, int index, int length, float[] into, int count) {
    for (int first = 0; first < count; first += PIECE) {
      kernel.widen(halves, load(from, index, first, count), into, first);
    }
  }

  @Override
  void readAndAdd(DirectBuffer from, int index, int length, float[] sum, int count) {
    for (int first = 0; first < count; first += PIECE) {
      kernel.add(halves, load(from, index, first, count), sum, first);
    }
  }

  private int load(DirectBuffer from, int index, int first, int count) {
    int piece = Math.min(PIECE, count - first);
    UnsafeApi.copyMemory(
        from.byteArray(),
        from.addressOffset() + index + Short.BYTES * first,
        halves,
        ARRAY_BASE,
        Short.BYTES * piece);
    return piece;
  }
}
