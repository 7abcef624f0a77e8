package io.headwater.worker;

import io.headwater.ps.sparse.SparseTableClient;

/**
 * The rows of one table that a block needs: as they were when its training began, as they are, and
 * in the end what the block has added to them.
 */
final class BlockRows {
  private final int columns;
  private final float[] row;
  private final float[] change;
  private long[] ids = {};
  private float[] values = {};
  private float[] start = {};

  BlockRows(int columns) {
    this.columns = columns;
    row = new float[columns];
    change = new float[columns];
  }

  /** (rows, columns); beyond the rows there may be more. */
  float[] values() {
    return values;
  }

  void pull(SparseTableClient table, long[] rows) {
    ids = rows;
    int elements = rows.length * columns;
    if (values.length < elements) {
      values = new float[elements + elements / 4];
      start = new float[values.length];
    }
    table.pull(ids, ids.length, values);
  }

  /**
   * Ready for training: with what the block before has added, which was not in the rows yet when
   * they were pulled.
   *
   * @param places zeros, one for each row of the table; zeros again afterwards
   */
  void begin(BlockRows added, int[] places) {
    for (int i = 0; i < added.ids.length; i++) {
      places[(int) added.ids[i]] = i + 1;
    }
    for (int i = 0; i < ids.length; i++) {
      int place = places[(int) ids[i]];
      if (place > 0) {
        add(added.values, (place - 1) * columns, i * columns);
      }
    }
    for (long id : added.ids) {
      places[(int) id] = 0;
    }
    System.arraycopy(values, 0, start, 0, ids.length * columns);
  }

  /** Loops over arrays that share one index become vector instructions; others do not. */
  private void add(float[] changes, int from, int to) {
    System.arraycopy(values, to, row, 0, columns);
    System.arraycopy(changes, from, change, 0, columns);
    for (int c = 0; c < row.length; c++) {
      row[c] += change[c];
    }
    System.arraycopy(row, 0, values, to, columns);
  }

  /** The values become what training has added. */
  void end() {
    for (int i = 0; i < ids.length * columns; i++) {
      values[i] -= start[i];
    }
  }

  /** Adds to the table what was added here; then this is as if it had no rows. */
  void push(SparseTableClient table) {
    table.push(ids, values, ids.length, -1); // SGD: w -= rate * g
    ids = new long[0];
  }
}
