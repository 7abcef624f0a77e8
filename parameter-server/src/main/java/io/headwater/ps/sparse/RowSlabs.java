package io.headwater.ps.sparse;

import java.util.Arrays;
import java.util.Objects;
import org.agrona.UnsafeApi;

/**
 * Records of one size outside the heap, numbered from 0, in slabs of 8 to 16 MiB; growing adds a
 * slab and moves nothing. Memory is not cleared. Single-threaded.
 *
 * <p>A record is a number of float32 vectors (the row, then its optimizer state) and, if asked for,
 * the count of the row's updates. The rows' ids stand behind the records of a slab, so that rows
 * keep to their cache lines.
 */
final class RowSlabs implements AutoCloseable {
  private static final long SLAB_BYTES = 16 << 20;
  private static final int LINE = 64;
  private static final long ARRAY_BASE = UnsafeApi.arrayBaseOffset(float[].class);

  private final int columns;
  private final int vectors;
  private final boolean counted;
  private final long countOffset;
  private final long recordBytes;
  private final int slabShift;
  private final long slabMask;
  private long[] raw = new long[4];
  private long[] aligned = new long[4];
  private int slabs;
  private long size;

  /**
   * @param columns elements of each vector
   * @param vectors float32 vectors of a record
   * @param counted whether a record has a count
   */
  RowSlabs(int columns, int vectors, boolean counted) {
    this.columns = columns;
    this.vectors = vectors;
    this.counted = counted;
    long vectorBytes = (long) Float.BYTES * columns * vectors;
    countOffset = (vectorBytes + Long.BYTES - 1) & -Long.BYTES;
    recordBytes = countOffset + (counted ? Long.BYTES : 0);
    long perSlab = Long.highestOneBit(SLAB_BYTES / (recordBytes + Long.BYTES));
    slabShift = Long.numberOfTrailingZeros(perSlab);
    slabMask = perSlab - 1;
  }

  long size() {
    return size;
  }

  long bytes() {
    return slabs * slabBytes();
  }

  /** Adds the record of a row, undefined but for the id, and gives its number. */
  long add(long id) {
    if (size == (long) slabs << slabShift) {
      addSlab();
    }
    long row = size++;
    UnsafeApi.putLong(idAddress(row), id);
    return row;
  }

  long id(long row) {
    return UnsafeApi.getLong(idAddress(row));
  }

  /** Empty, for records of the same kind. */
  RowSlabs emptyCopy() {
    return new RowSlabs(columns, vectors, counted);
  }

  /** Adds a copy of another's record, of the same kind, and gives its number. */
  long addCopy(RowSlabs from, long row) {
    long copy = add(from.id(row));
    UnsafeApi.copyMemory(from.address(row, 0), address(copy, 0), recordBytes);
    return copy;
  }

  /** Copies a vector of a record into {@code into[offset...]}. */
  void read(long row, int vector, float[] into, int offset) {
    Objects.checkFromIndexSize(offset, columns, into.length);
    UnsafeApi.copyMemory(null, address(row, vector), into, arrayOffset(offset), vectorBytes());
  }

  /** Copies {@code from[offset...]} over a vector of a record. */
  void write(long row, int vector, float[] from, int offset) {
    Objects.checkFromIndexSize(offset, columns, from.length);
    UnsafeApi.copyMemory(from, arrayOffset(offset), null, address(row, vector), vectorBytes());
  }

  /** Reads something of each cache line of a record, so that they are near when they are used. */
  int touch(long row) {
    long at = address(row, 0);
    int sum = 0;
    for (long end = at + recordBytes; at < end; at += LINE) {
      sum += UnsafeApi.getByte(at);
    }
    return sum;
  }

  long count(long row) {
    return UnsafeApi.getLong(address(row, 0) + countOffset);
  }

  void putCount(long row, long count) {
    UnsafeApi.putLong(address(row, 0) + countOffset, count);
  }

  @Override
  public void close() {
    for (int i = 0; i < slabs; i++) {
      UnsafeApi.freeMemory(raw[i]);
    }
    slabs = 0;
    size = 0;
  }

  private void addSlab() {
    if (slabs == raw.length) {
      raw = Arrays.copyOf(raw, 2 * slabs);
      aligned = Arrays.copyOf(aligned, 2 * slabs);
    }
    raw[slabs] = UnsafeApi.allocateMemory(slabBytes() + LINE);
    aligned[slabs] = (raw[slabs] + LINE - 1) & -LINE;
    slabs++;
  }

  private long slabBytes() {
    return (recordBytes + Long.BYTES) << slabShift;
  }

  private long idAddress(long row) {
    Objects.checkIndex(row, size);
    long ids = aligned[(int) (row >>> slabShift)] + (recordBytes << slabShift);
    return ids + (row & slabMask) * Long.BYTES;
  }

  private long address(long row, int vector) {
    Objects.checkIndex(row, size);
    long record = aligned[(int) (row >>> slabShift)] + (row & slabMask) * recordBytes;
    return record + vector * vectorBytes();
  }

  private long vectorBytes() {
    return (long) Float.BYTES * columns;
  }

  private static long arrayOffset(int index) {
    return ARRAY_BASE + (long) Float.BYTES * index;
  }
}
