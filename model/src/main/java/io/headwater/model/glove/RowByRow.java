package io.headwater.model.glove;

import io.headwater.checkpoint.BlockSource;

/** A matrix that is made row by row; each row once, in order, if it is read so. */
final class RowByRow implements BlockSource {
  /** Makes a row. */
  interface Maker {
    void make(long row, float[] into);
  }

  private final float[] values;
  private final Maker maker;
  private long made = -1; // the row whose values these are

  RowByRow(int columns, Maker maker) {
    this.values = new float[columns];
    this.maker = maker;
  }

  @Override
  public void read(long from, float[] into, int offset, int count) {
    for (int done = 0; done < count; ) {
      long row = (from + done) / values.length;
      if (row != made) {
        maker.make(row, values);
        made = row;
      }
      int column = (int) ((from + done) % values.length);
      int part = Math.min(values.length - column, count - done);
      System.arraycopy(values, column, into, offset + done, part);
      done += part;
    }
  }
}
