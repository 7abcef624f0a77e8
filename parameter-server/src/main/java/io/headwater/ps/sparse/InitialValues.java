package io.headwater.ps.sparse;

import java.util.Arrays;

/**
 * Initial values of a table's rows: a function of (seed, table, id, column), so they depend neither
 * on the order in which rows appear nor on the number of shards.
 */
final class InitialValues {
  private static final double UNIT = 0x1p-53;

  private final RowInitializer initializer;
  private final int columns;
  private final long key;

  InitialValues(SparseTableConfig config) {
    initializer = config.initializer();
    columns = config.columns();
    key = IdHash.mix(config.seed() ^ IdHash.of(config.name()));
  }

  /** Writes the values of a row into {@code row[0...]}. */
  void fill(long id, float[] row) {
    long rowKey = IdHash.mix(key ^ IdHash.mix(id));
    switch (initializer.kind()) {
      case ZERO -> Arrays.fill(row, 0, columns, 0f);
      case UNIFORM -> {
        for (int c = 0; c < columns; c++) {
          row[c] = (float) ((2 * uniform(rowKey + c) - 1) * initializer.scale());
        }
      }
      case NORMAL -> {
        for (int c = 0; c < columns; c++) {
          row[c] = (float) (NormalQuantile.of(uniform(rowKey + c)) * initializer.scale());
        }
      }
    }
  }

  /** Uniform in (0, 1). */
  private static double uniform(long counter) {
    return ((IdHash.mix(counter) >>> 11) + 0.5) * UNIT;
  }
}
