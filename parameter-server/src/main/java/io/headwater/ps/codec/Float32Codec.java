package io.headwater.ps.codec;

import io.headwater.ps.optimizer.Kernels;
import io.headwater.ps.protocol.Floats;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** A copy. */
final class Float32Codec extends ChunkCodec {
  private final float[] addend = new float[MAX_COUNT];

  Float32Codec() {
    super(Codec.FLOAT32);
  }

  @Override
  public int length(int count) {
    return Float.BYTES * count;
  }

  @Override
  int write(float[] from, int offset, int count, MutableDirectBuffer into, int index) {
    Floats.write(from, offset, count, into, index);
    return length(count);
  }

  @Override
  boolean isEncoding(DirectBuffer from, int index, int length, int count) {
    return length == length(count);
  }

  @Override
  void read(DirectBuffer from, int index, int length, float[] into, int count) {
    Floats.read(from, index, into, 0, count);
  }

  @Override
  void readAndAdd(DirectBuffer from, int index, int length, float[] sum, int count) {
    Floats.read(from, index, addend, 0, count);
    Kernels.add(sum, addend, count);
  }
}
