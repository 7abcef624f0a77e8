package io.headwater.ps.sparse;

import io.headwater.checkpoint.UserException;
import java.util.Objects;

/**
 * What a table of rows is; the same on all shards.
 *
 * @param name names the table in the run and in checkpoints: letters, digits, '-', '_' and '.'
 * @param columns float32 values of a row
 * @param seed of the initial values
 * @param initializer what a row holds before its first update
 * @param optimizer how gradients change rows
 * @param maxRows rows that one shard may hold; what would create more is refused
 */
public record SparseTableConfig(
    String name,
    int columns,
    long seed,
    RowInitializer initializer,
    RowOptimizer optimizer,
    long maxRows) {
  /** A row with its id fits the largest datagram. */
  public static final int MAX_COLUMNS = 16_000;

  public static final int MAX_NAME = 100;

  public SparseTableConfig {
    Objects.requireNonNull(initializer, "initializer");
    Objects.requireNonNull(optimizer, "optimizer");
    if (name == null || !name.matches("[A-Za-z0-9_-][A-Za-z0-9._-]{0," + (MAX_NAME - 1) + "}")) {
      throw new UserException(
          "Cannot name a sparse table '"
              + name
              + "': a name has 1 to "
              + MAX_NAME
              + " letters, digits, '-', '_' and '.', and does not begin with '.'");
    }
    if (columns < 1 || columns > MAX_COLUMNS) {
      throw new UserException(
          "Cannot use sparse table "
              + name
              + " of "
              + columns
              + " columns: must be in [1, "
              + MAX_COLUMNS
              + "]");
    }
    if (maxRows < 1) {
      throw new UserException(
          "Cannot use sparse table " + name + " of at most " + maxRows + " rows: must be >= 1");
    }
  }
}
