package io.headwater.ps.protocol;

import java.nio.ByteOrder;
import java.util.Objects;
import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;

/** Copies float32 between arrays and the buffers of the transport, at the speed of memory. */
public final class Floats {
  private static final long ARRAY_BASE = UnsafeApi.arrayBaseOffset(float[].class);

  static {
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new ExceptionInInitializerError(
          "Cannot run the parameter server: the wire is little-endian, this machine is not");
    }
  }

  private Floats() {}

  /** Copies {@code count} elements out of a buffer. */
  public static void read(DirectBuffer from, int index, float[] into, int offset, int count) {
    int bytes = Float.BYTES * count;
    from.boundsCheck(index, bytes);
    Objects.checkFromIndexSize(offset, count, into.length);
    UnsafeApi.copyMemory(
        from.byteArray(),
        from.addressOffset() + index,
        into,
        ARRAY_BASE + (long) Float.BYTES * offset,
        bytes);
  }

  /** Copies {@code count} elements into a buffer. */
  public static void write(float[] from, int offset, int count, DirectBuffer into, int index) {
    int bytes = Float.BYTES * count;
    into.boundsCheck(index, bytes);
    Objects.checkFromIndexSize(offset, count, from.length);
    UnsafeApi.copyMemory(
        from,
        ARRAY_BASE + (long) Float.BYTES * offset,
        into.byteArray(),
        into.addressOffset() + index,
        bytes);
  }
}
