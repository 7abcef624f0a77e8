package io.headwater.ps.sparse;

import io.headwater.checkpoint.BlockSource;
import java.util.Arrays;
import java.util.Objects;

/*
 * A table as it stood at one moment, while it is being updated: a row that is about to change for
 * the first time since then is saved first, all others are read where they are. So a snapshot costs
 * 16 bytes a row, and a copy of the rows that are pushed to before it is closed.
 */
/**
 * Rows of one moment as the flat vector that {@link TableFields} lays out.
 *
 * <p>Belongs to the table's thread, but for {@link #order}.
 */
final class TableSnapshot implements BlockSource, SortedRows.Ids, AutoCloseable {
  private final RowSlabs live;
  private final RowSlabs saved;
  private final RowIndex savedRows = new RowIndex(); // row -> its record in saved
  private final SortedRows order;
  private final TableFields fields;
  private final long rows;
  private final long[] offsets; // first element of each field, then the end of all
  private final int[] widths;
  private final int counts; // the field that holds counts; -1 if there is none
  private final float[] row;

  TableSnapshot(SparseTableConfig config, RowSlabs live) {
    this.live = live;
    saved = live.emptyCopy();
    order = new SortedRows(live.size());
    fields = TableFields.of(config);
    rows = order.size();
    widths = fields.widths().stream().mapToInt(Integer::intValue).toArray();
    offsets = new long[widths.length + 1];
    Arrays.setAll(offsets, i -> fields.offset(i, rows));
    counts = fields.names().indexOf(TableFields.UPDATES);
    row = new float[Math.max(Words.COUNT, config.columns())];
  }

  /**
   * Puts the rows into the order of their ids; once, before reading, by any thread.
   *
   * @param ids this snapshot, or what reads from it on its thread
   */
  void order(SortedRows.Ids ids) {
    order.collect(ids);
  }

  long rows() {
    return rows;
  }

  TableFields fields() {
    return fields;
  }

  /** To be called before a row's record changes. */
  void beforeChange(long number) {
    if (number < rows && savedRows.find(number) == RowIndex.NONE) {
      savedRows.put(number, saved.addCopy(live, number));
    }
  }

  @Override
  public void read(long firstRow, long[] into, int count) {
    for (int i = 0; i < count; i++) {
      into[i] = live.id(firstRow + i);
    }
  }

  @Override
  public void read(long from, float[] into, int offset, int count) {
    Objects.checkFromIndexSize(from, count, offsets[widths.length]);
    int field = 0;
    for (int done = 0; done < count; ) {
      while (from + done >= offsets[field + 1]) {
        field++;
      }
      int width = widths[field];
      long within = from + done - offsets[field];
      int column = (int) (within % width);
      int part = Math.min(width - column, count - done);
      readRow(field, within / width);
      System.arraycopy(row, column, into, offset + done, part);
      done += part;
    }
  }

  private void readRow(int field, long place) {
    if (field == 0) {
      Words.put(order.id(place), row, 0);
      return;
    }
    long copy = savedRows.find(order.row(place));
    RowSlabs from = copy == RowIndex.NONE ? live : saved;
    long number = copy == RowIndex.NONE ? order.row(place) : copy;
    if (field == counts) {
      Words.put(from.count(number), row, 0);
    } else {
      from.read(number, field - 1, row, 0);
    }
  }

  @Override
  public void close() {
    order.close();
    saved.close();
    savedRows.close();
  }
}
