package io.headwater.ps.sparse;

import io.headwater.checkpoint.BlockSource;
import io.headwater.checkpoint.CheckpointException;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of all shards, each in ascending order of ids, as one table in that order; read from
 * the first element to the last, with one row of each part in memory.
 */
final class MergedParts implements BlockSource, AutoCloseable {
  private final List<PartReader> parts = new ArrayList<>();
  private final TableFields fields;
  private final long rows;
  private int field = -1;
  private long rowsLeft;
  private long position;
  private float[] row = new float[0];
  private int used;
  private long lastId;

  MergedParts(String tableFolder, long step, List<TablePart> all, TableFields fields) {
    this.fields = fields;
    boolean opened = false;
    try {
      all.forEach(part -> parts.add(new PartReader(tableFolder, step, part, fields)));
      opened = true;
    } finally {
      if (!opened) {
        close();
      }
    }
    rows = parts.stream().mapToLong(PartReader::rows).sum();
  }

  long rows() {
    return rows;
  }

  @Override
  public void read(long from, float[] into, int offset, int count) {
    if (from != position) {
      throw new IllegalArgumentException(
          "Cannot read merged parts from element "
              + from
              + ": they are read in order, next is "
              + position);
    }
    for (int done = 0; done < count; ) {
      if (used == row.length) {
        nextRow();
      }
      int part = Math.min(row.length - used, count - done);
      System.arraycopy(row, used, into, offset + done, part);
      used += part;
      done += part;
    }
    position += count;
  }

  private void nextRow() {
    if (rowsLeft == 0) {
      field++;
      rowsLeft = rows;
      row = new float[fields.widths().get(field)];
      parts.forEach(part -> part.begin(field));
    }
    PartReader least = null;
    for (PartReader part : parts) {
      if (part.hasRow() && (least == null || part.id() < least.id())) {
        least = part;
      }
    }
    if (least == null || (rowsLeft < rows && least.id() <= lastId)) {
      throw new CheckpointException(
          "Cannot join the parts of a sparse table: ids are not in ascending order, or are in two"
              + " parts, after id "
              + lastId);
    }
    lastId = least.id();
    least.take(row);
    used = 0;
    rowsLeft--;
  }

  @Override
  public void close() {
    parts.forEach(PartReader::close);
  }
}
