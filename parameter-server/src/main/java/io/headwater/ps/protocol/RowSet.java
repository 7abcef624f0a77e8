package io.headwater.ps.protocol;

import java.util.Arrays;
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
      ids = new long[grown(newCount, ids.length)];
    }
    if (values.length < elements) {
      values = new float[grown(elements, values.length)];
    }
    count = newCount;
    columns = newColumns;
  }

  /** Gives each id {@code newColumns} values, undefined; the ids stay. */
  public void widen(int newColumns) {
    int elements = Math.multiplyExact(count, newColumns);
    if (values.length < elements) {
      values = new float[elements];
    }
    columns = newColumns;
  }

  /** Adds a row at the end. */
  public void add(long id, float[] from, int offset) {
    int place = count;
    if (place == ids.length) {
      ids = Arrays.copyOf(ids, grown(place + 1, place));
    }
    int end = Math.multiplyExact(place + 1, columns);
    if (end > values.length) {
      values = Arrays.copyOf(values, grown(end, values.length));
    }
    ids[place] = id;
    System.arraycopy(from, offset, values, place * columns, columns);
    count++;
  }

  private static int grown(int needed, int length) {
    return Math.max(needed, (int) Math.min(2L * length, MAX_ARRAY));
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
