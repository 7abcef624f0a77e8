package io.headwater.model.embedding;

import java.util.Arrays;

/**
 * The rows of a matrix that a block of training touches, numbered in the order of their first
 * touch.
 */
public final class TouchedRows {
  private final int[] places; // of each row of the matrix in the block, plus one; 0: untouched
  private int[] rows = new int[1024];
  private int count;

  /**
   * None yet.
   *
   * @param matrixRows rows of the matrix, four bytes each
   */
  public TouchedRows(long matrixRows) {
    this.places = new int[Math.toIntExact(matrixRows)];
  }

  /** The row's number in the block. */
  public int place(int row) {
    if (places[row] == 0) {
      if (count == rows.length) {
        rows = Arrays.copyOf(rows, 2 * count);
      }
      rows[count++] = row;
      places[row] = count;
    }
    return places[row] - 1;
  }

  /** All touched rows by their number in the block; begins anew. */
  public long[] take() {
    long[] taken = new long[count];
    for (int i = 0; i < count; i++) {
      taken[i] = rows[i];
      places[rows[i]] = 0;
    }
    count = 0;
    return taken;
  }
}
