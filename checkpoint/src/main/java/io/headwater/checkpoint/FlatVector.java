package io.headwater.checkpoint;

import java.lang.ref.Cleaner;
import java.lang.reflect.Field;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.util.Objects;
import sun.misc.Unsafe;

/**
 * A float32 vector outside the heap, of any length: a model's parameters, or its gradients.
 *
 * <p>The math engine wraps {@link #address()} without copying, the parameter server reads and
 * writes it chunk by chunk. Memory is zeroed, 64-byte aligned, and freed by {@link #close()} (or,
 * failing that, when the object is collected: whoever wraps the address must keep the object
 * reachable). Not thread-safe: one owner at a time.
 */
public final class FlatVector implements AutoCloseable {
  private static final Unsafe UNSAFE = unsafe();
  private static final long BUFFER_ADDRESS = bufferAddressOffset();
  private static final Cleaner CLEANER = Cleaner.create();
  private static final int ALIGNMENT = 64;
  private static final int BLOCK = 4096; // elements: three blocks stay in the first-level cache

  private final long elements;
  private final long address;
  private final Cleaner.Cleanable memory;

  private FlatVector(long elements) {
    this.elements = elements;
    long bytes = Math.multiplyExact(elements, Float.BYTES);
    long raw = UNSAFE.allocateMemory(bytes + ALIGNMENT);
    this.address = (raw + ALIGNMENT - 1) & -ALIGNMENT;
    this.memory = CLEANER.register(this, () -> UNSAFE.freeMemory(raw));
    UNSAFE.setMemory(address, bytes, (byte) 0);
  }

  private FlatVector(ByteBuffer memory, int offset, long elements) {
    if (!memory.isDirect()) {
      throw new IllegalArgumentException("Cannot lay a vector over a buffer on the heap");
    }
    this.elements = elements;
    this.address = UNSAFE.getLong(memory, BUFFER_ADDRESS) + offset;
    this.memory = CLEANER.register(this, () -> UNSAFE.invokeCleaner(memory));
  }

  /** A vector of zeros. */
  public static FlatVector allocate(long elements) {
    if (elements < 0) {
      throw new IllegalArgumentException(
          "Cannot allocate a vector: " + elements + " elements (must be >= 0)");
    }
    return new FlatVector(elements);
  }

  /**
   * A vector over the memory of a direct or mapped buffer, from its byte {@code offset} on, which
   * must be 64-byte aligned. Closing the vector frees the buffer.
   */
  public static FlatVector over(ByteBuffer memory, int offset, long elements) {
    Objects.checkFromIndexSize(offset, Float.BYTES * elements, memory.capacity());
    return new FlatVector(memory, offset, elements);
  }

  public long elements() {
    return elements;
  }

  /** Address of element 0, in the machine's byte order; valid until {@link #close()}. */
  public long address() {
    return address;
  }

  public float get(long index) {
    Objects.checkIndex(index, elements);
    return UNSAFE.getFloat(address + Float.BYTES * index);
  }

  public void set(long index, float value) {
    Objects.checkIndex(index, elements);
    UNSAFE.putFloat(address + Float.BYTES * index, value);
  }

  /** Copies {@code count} elements from {@code from} on into {@code target[targetOffset...]}. */
  public void read(long from, float[] target, int targetOffset, int count) {
    Objects.checkFromIndexSize(from, count, elements);
    Objects.checkFromIndexSize(targetOffset, count, target.length);
    UNSAFE.copyMemory(
        null,
        address + Float.BYTES * from,
        target,
        arrayOffset(targetOffset),
        (long) Float.BYTES * count);
  }

  /** Copies {@code source[sourceOffset...]} over {@code count} elements from {@code to} on. */
  public void write(long to, float[] source, int sourceOffset, int count) {
    Objects.checkFromIndexSize(to, count, elements);
    Objects.checkFromIndexSize(sourceOffset, count, source.length);
    UNSAFE.copyMemory(
        source,
        arrayOffset(sourceOffset),
        null,
        address + Float.BYTES * to,
        (long) Float.BYTES * count);
  }

  public void copyFrom(FlatVector source) {
    copyFrom(source, 0, elements);
  }

  /** Copies elements [from, to). */
  public void copyFrom(FlatVector source, long from, long to) {
    checkSameLength(source);
    Objects.checkFromToIndex(from, to, elements);
    UNSAFE.copyMemory(
        source.address + Float.BYTES * from,
        address + Float.BYTES * from,
        Float.BYTES * (to - from));
  }

  /** Adds {@code other} element by element. */
  public void add(FlatVector other) {
    add(other, 0, elements);
  }

  /** Adds elements [from, to) of {@code other}. */
  public void add(FlatVector other, long from, long to) {
    combine(other, from, to, 1f);
  }

  private void combine(FlatVector other, long begin, long end, float sign) {
    checkSameLength(other);
    Objects.checkFromToIndex(begin, end, elements);
    // Off-heap loops are not vectorised by the compiler, loops over arrays are: go through a block
    // in cache.
    float[] sum = new float[BLOCK];
    float[] addend = new float[BLOCK];
    for (long from = begin; from < end; from += BLOCK) {
      int count = (int) Math.min(BLOCK, end - from);
      read(from, sum, 0, count);
      other.read(from, addend, 0, count);
      for (int i = 0; i < count; i++) {
        sum[i] += sign * addend[i];
      }
      write(from, sum, 0, count);
    }
  }

  /** Subtracts {@code other} element by element. */
  public void subtract(FlatVector other) {
    combine(other, 0, elements, -1f);
  }

  public void fill(float value) {
    for (long i = 0; i < elements; i++) {
      UNSAFE.putFloat(address + Float.BYTES * i, value);
    }
  }

  @Override
  public void close() {
    memory.clean();
  }

  private void checkSameLength(FlatVector other) {
    if (other.elements != elements) {
      throw new IllegalArgumentException(
          "Cannot combine vectors: " + other.elements + " elements with " + elements);
    }
  }

  private static long arrayOffset(int index) {
    return Unsafe.ARRAY_FLOAT_BASE_OFFSET + (long) Float.BYTES * index;
  }

  private static long bufferAddressOffset() {
    try {
      return UNSAFE.objectFieldOffset(Buffer.class.getDeclaredField("address"));
    } catch (NoSuchFieldException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static Unsafe unsafe() {
    try {
      Field field = Unsafe.class.getDeclaredField("theUnsafe");
      field.setAccessible(true);
      return (Unsafe) field.get(null);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
