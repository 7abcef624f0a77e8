package io.headwater.ps.protocol;

import java.util.Objects;

/**
 * A set of rows in memory that is used again and again: ids, and as many values for each.
 * Single-threaded.
 */
public final class RowSet {
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  private long[] ids = new long[0];
  private float[] values = new float[0];
  private int count;
  private int columns;

  /** Makes room for {@code count} rows; what was there is undefined then. */
  public void resize(int newCount, int newColumns) {
    int elements = Math.multiplyExact(newCount, newColumns);
    if (ids.length < newCount) {
      ids = new long[Math.max(newCount, (int) Math.min(2L * ids.length, MAX_ARRAY))];
    }
    if (values.length < elements) {
      values = new float[Math.max(elements, (int) Math.min(2L * values.length, MAX_ARRAY))];
    }
    count = newCount;
    columns = newColumns;
  }

  /** Forgets all rows from {@code newCount} on. */
  public void truncate(int newCount) {
    Objects.checkIndex(newCount, count + 1);
    count = newCount;
  }

  public int count() {
    return count;
  }

  public int columns() {
    return columns;
  }

  /** The first {@link #count} are the set's. */
  public long[] ids() {
    return ids;
  }

  /** (count, columns), one row after the other. */
  public float[] values() {
    return values;
  }
}
