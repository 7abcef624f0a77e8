package io.headwater.ps.sparse;

import io.headwater.checkpoint.BlockSource;
import io.headwater.checkpoint.CheckpointException;
import io.headwater.checkpoint.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The parts of a table that all shards wrote at a step, as a matrix whose row i is that of id i:
 * (rows, columns), to be read from the first element to the last. A row that nobody has touched has
 * its initial values. One row of each part is in memory.
 */
public final class TableMatrix implements BlockSource, AutoCloseable {
  private static final int WEIGHT = 1; // among the fields

  private final String folder;
  private final SparseTableConfig config;
  private final long step;
  private final List<TablePart> all;
  private final List<PartReader> parts = new ArrayList<>();
  private final InitialValues initial;
  private final long rows;
  private final float[] row;
  private long nextRow;
  private long position;
  private int used;

  private TableMatrix(String output, SparseTableConfig config, long rows, long step, int shards) {
    this.folder = TableCheckpoint.folder(output, config.name());
    this.config = config;
    this.rows = rows;
    this.step = step;
    initial = new InitialValues(config);
    row = new float[config.columns()];
    used = row.length;
    all = IntStream.range(0, shards).mapToObj(shard -> new TablePart(shard, shards)).toList();
  }

  /**
   * Opens the parts of a step.
   *
   * @param rows of the matrix; no id may lie outside of it
   * @throws CheckpointException if a part is missing or damaged
   */
  public static TableMatrix open(
      String output, SparseTableConfig config, long rows, long step, int shards) {
    TableMatrix matrix = new TableMatrix(output, config, rows, step, shards);
    try {
      matrix.openParts();
      return matrix;
    } catch (RuntimeException e) {
      matrix.close();
      throw e;
    }
  }

  private void openParts() {
    TableFields fields = TableFields.of(config);
    for (TablePart part : all) {
      PartReader reader = new PartReader(folder, step, part, fields);
      parts.add(reader);
      reader.begin(WEIGHT);
    }
  }

  public long elements() {
    return rows * config.columns();
  }

  @Override
  public void read(long from, float[] into, int offset, int count) {
    if (from != position) {
      throw new IllegalArgumentException(
          "Cannot read a table's matrix from element "
              + from
              + ": it is read in order, next is "
              + position);
    }
    for (int done = 0; done < count; ) {
      if (used == row.length) {
        take();
      }
      int part = Math.min(row.length - used, count - done);
      System.arraycopy(row, used, into, offset + done, part);
      used += part;
      done += part;
    }
    position += count;
    if (position == elements()) {
      checkEnd();
    }
  }

  private void take() {
    long id = nextRow++;
    used = 0;
    for (PartReader part : parts) {
      if (part.hasRow() && part.id() == id) {
        part.take(row);
        return;
      }
    }
    initial.fill(id, row);
  }

  private void checkEnd() {
    for (PartReader part : parts) {
      if (part.hasRow()) {
        throw new CheckpointException(
            "Cannot read sparse table "
                + config.name()
                + " as a matrix of "
                + rows
                + " rows: it has a row "
                + part.id());
      }
    }
  }

  @Override
  public void close() {
    parts.forEach(PartReader::close);
  }

  /** Closes it and deletes the parts. */
  public void discard() {
    close();
    all.forEach(part -> Storage.delete(part.staging(folder, step)));
  }
}
