package io.headwater.model.word2vec;

import io.headwater.model.embedding.Rows;

/**
 * A thread's own copies of some rows of a matrix that others write, too. A core that writes a row
 * which another has just written waits for it, ten times as long as for one that it has to itself.
 */
final class RowCopies {
  private final Rows matrix;
  private final float[] row;
  private final float[] change;
  private long[] ids = {};
  private Rows copies;
  private Rows start; // the copies as they were taken

  RowCopies(Rows matrix) {
    this.matrix = matrix;
    this.row = new float[matrix.stride()];
    this.change = new float[matrix.stride()];
    this.copies = new Rows(0, matrix.width());
    this.start = copies;
  }

  /** Copies of rows, in this order; valid until the next are taken. */
  Rows take(long[] rows) {
    ids = rows;
    if (copies.count() < rows.length) {
      copies = new Rows(rows.length + rows.length / 4, matrix.width());
      start = new Rows(copies.count(), matrix.width());
    }
    for (int i = 0; i < rows.length; i++) {
      float[] from = matrix.block(rows[i]);
      int at = matrix.offset(rows[i]);
      System.arraycopy(from, at, copies.block(i), copies.offset(i), row.length);
      System.arraycopy(from, at, start.block(i), start.offset(i), row.length);
    }
    return copies;
  }

  /** Adds to the matrix what has changed since they were taken. */
  void giveBack() {
    for (int i = 0; i < ids.length; i++) {
      float[] into = matrix.block(ids[i]);
      int at = matrix.offset(ids[i]);
      System.arraycopy(copies.block(i), copies.offset(i), change, 0, row.length);
      subtract(start.block(i), start.offset(i));
      System.arraycopy(into, at, row, 0, row.length);
      for (int c = 0; c < row.length; c++) { // arrays that share one index: vector instructions
        row[c] += change[c];
      }
      System.arraycopy(row, 0, into, at, row.length);
    }
  }

  private void subtract(float[] from, int at) {
    System.arraycopy(from, at, row, 0, row.length);
    for (int c = 0; c < row.length; c++) {
      change[c] -= row[c];
    }
  }
}
