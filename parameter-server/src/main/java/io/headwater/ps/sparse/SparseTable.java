package io.headwater.ps.sparse;

import io.headwater.checkpoint.UserException;
import io.headwater.ps.optimizer.Kernels;
import io.headwater.ps.protocol.RowSet;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.LongStream;

/**
 * One shard's rows of one table, with their optimizer state; owned by the shard's thread.
 *
 * <p>A row is created when it is first pulled or pushed to. The same pushes in the same order give
 * the same bytes. Memory lies outside the heap until {@link #close()}.
 */
public final class SparseTable implements AutoCloseable {
  /** What became of a push. */
  public enum PushResult {
    APPLIED,
    /** A gradient, or the sum of an id's gradients, is infinite or NaN; nothing has changed. */
    NOT_FINITE,
    /** It would create more rows than the table may have; nothing has changed. */
    FULL
  }

  private static final int WEIGHTS = 0;

  private final SparseTableConfig config;
  private final int columns;
  private final RowRule rule;
  private final InitialValues initial;
  private final RowSlabs rows;
  private final RowIndex index = new RowIndex();
  private final RepeatedIds repeated = new RepeatedIds();
  private final float[] weights;
  private final float[] gradient;
  private final float[][] state;
  private long[] numbers = new long[0]; // rows of a set
  private int touched; // read by nobody; without it the compiler would leave the loads out
  private TableSnapshot snapshot; // null unless one is being taken

  public SparseTable(SparseTableConfig config) {
    this.config = config;
    columns = config.columns();
    rule = RowRule.of(config.optimizer());
    initial = new InitialValues(config);
    rows = new RowSlabs(columns, 1 + rule.stateVectors(), rule.counts());
    weights = new float[columns];
    gradient = new float[columns];
    state = new float[rule.stateVectors()][columns];
  }

  public SparseTableConfig config() {
    return config;
  }

  /** Number of rows. */
  public long rows() {
    return rows.size();
  }

  /** Memory taken by rows, state and index. */
  public long bytes() {
    return rows.bytes() + index.bytes();
  }

  /**
   * Copies rows out; an id may occur more than once.
   *
   * @param into (count, columns), one row per id
   * @return whether there was room for all; if not, no row was created or copied
   */
  public boolean pull(long[] ids, int count, float[] into) {
    checkSizes(ids, count, into);
    if (!hasRoom(ids, count)) {
      return false;
    }
    find(ids, count);
    for (int i = 0; i < count; i++) {
      rows.read(numbers[i], WEIGHTS, into, i * columns);
    }
    return true;
  }

  /**
   * Updates rows by their gradients. The gradients of an id that occurs more than once are summed
   * in the order of appearance and make one update.
   *
   * @param ids overwritten
   * @param gradients (count, columns); overwritten
   * @param rate learning rate of this push, finite
   */
  public PushResult push(long[] ids, float[] gradients, int count, float rate) {
    checkSizes(ids, count, gradients);
    if (!Float.isFinite(rate)) {
      return PushResult.NOT_FINITE;
    }
    // A gradient that is not finite is not finite in its sum either.
    int unique = repeated.sum(ids, gradients, count, columns);
    if (!Kernels.allFinite(gradients, unique * columns)) {
      return PushResult.NOT_FINITE;
    }
    if (!hasRoom(ids, unique)) {
      return PushResult.FULL;
    }
    find(ids, unique);
    for (int i = 0; i < unique; i++) {
      touched += rows.touch(numbers[i]);
    }
    for (int i = 0; i < unique; i++) {
      System.arraycopy(gradients, i * columns, gradient, 0, columns);
      update(numbers[i], rate);
    }
    return PushResult.APPLIED;
  }

  /**
   * Copies one field of some rows' records out.
   *
   * @param firstRow number of the first, in the order of their creation
   * @param field of {@link TableFields}, not the ids
   */
  void readRecords(long firstRow, int count, int field, RowSet into) {
    boolean counts = isCounts(field);
    into.resize(count, counts ? Words.COUNT : columns);
    for (int i = 0; i < count; i++) {
      into.ids()[i] = rows.id(firstRow + i);
      if (counts) {
        Words.put(rows.count(firstRow + i), into.values(), i * Words.COUNT);
      } else {
        rows.read(firstRow + i, field - 1, into.values(), i * columns);
      }
    }
  }

  /**
   * Puts one field of some rows' records in place; rows that are not there are created.
   *
   * @return whether the table has such a field, and room; if not, nothing has changed
   */
  boolean writeRecords(RowSet records, long field) {
    boolean counts = isCounts(field);
    boolean isVector = field >= 1 && field <= 1 + state.length;
    if (!counts && !isVector
        || records.columns() != (counts ? Words.COUNT : columns)
        || !hasRoom(records.ids(), records.count())) {
      return false;
    }
    for (int i = 0; i < records.count(); i++) {
      long row = row(records.ids()[i]);
      if (counts) {
        rows.putCount(row, Words.get(records.values(), i * Words.COUNT));
      } else {
        rows.write(row, (int) field - 1, records.values(), i * columns);
      }
    }
    return true;
  }

  private boolean isCounts(long field) {
    return rule.counts() && field == 2 + state.length;
  }

  /**
   * The table as it is now, to be read while pushes go on, and closed by {@link #endSnapshot}. Rows
   * that are pushed to meanwhile are kept twice.
   */
  TableSnapshot beginSnapshot() {
    if (snapshot != null) {
      throw new IllegalStateException(
          "Cannot take a snapshot of sparse table " + config.name() + ": one is being taken");
    }
    snapshot = new TableSnapshot(config, rows);
    return snapshot;
  }

  void endSnapshot() {
    snapshot.close();
    snapshot = null;
  }

  /**
   * Adds a row that a checkpoint holds.
   *
   * @param values the fields of {@link TableFields}, each with some rows
   * @param place the row among them
   */
  void restore(long id, float[][] values, int place) {
    if (index.find(id) != RowIndex.NONE) {
      throw new UserException(
          "Cannot load sparse table " + config.name() + ": row " + id + " occurs twice");
    }
    long row = rows.add(id);
    for (int vector = 0; vector < 1 + state.length; vector++) {
      rows.write(row, vector, values[1 + vector], place * columns);
    }
    if (rule.counts()) {
      rows.putCount(row, Words.get(values[2 + state.length], place * Words.COUNT));
    }
    index.put(id, row);
  }

  @Override
  public void close() {
    if (snapshot != null) {
      endSnapshot();
    }
    rows.close();
    index.close();
  }

  private void checkSizes(long[] ids, int count, float[] values) {
    Objects.checkFromIndexSize(0, count, ids.length);
    Objects.checkFromIndexSize(0, Math.multiplyExact(count, columns), values.length);
  }

  private boolean hasRoom(long[] ids, int count) {
    long room = config.maxRows() - rows.size();
    if (count <= room) {
      return true;
    }
    LongStream absent = Arrays.stream(ids, 0, count).filter(id -> index.find(id) == RowIndex.NONE);
    return absent.distinct().count() <= room; // of a full table none
  }

  /*
   * Rows drawn evenly from a large table are not in the cache. The look-ups of a set wait for
   * memory side by side if they are made in a row; so do the loads of the rows' lines, if they
   * are touched before the first update, whose roots and divisions would keep the next row's
   * loads waiting: an Adam push of 64 columns takes 0.6 to 0.75 of the time.
   */
  private void find(long[] ids, int count) {
    if (numbers.length < count) {
      numbers = new long[count];
    }
    for (int i = 0; i < count; i++) {
      numbers[i] = row(ids[i]);
    }
  }

  private long row(long id) {
    long found = index.find(id);
    return found == RowIndex.NONE ? create(id) : found;
  }

  private long create(long id) {
    long row = rows.add(id);
    initial.fill(id, weights);
    rows.write(row, WEIGHTS, weights, 0);
    for (int i = 0; i < state.length; i++) {
      Arrays.fill(state[i], rule.initialState());
      rows.write(row, 1 + i, state[i], 0);
    }
    if (rule.counts()) {
      rows.putCount(row, 0);
    }
    index.put(id, row);
    return row;
  }

  private void update(long row, float rate) {
    if (snapshot != null) {
      snapshot.beforeChange(row);
    }
    rows.read(row, WEIGHTS, weights, 0);
    for (int i = 0; i < state.length; i++) {
      rows.read(row, 1 + i, state[i], 0);
    }
    long updates = rule.counts() ? rows.count(row) + 1 : 0;
    rule.update(weights, state, gradient, rate, updates);
    rows.write(row, WEIGHTS, weights, 0);
    for (int i = 0; i < state.length; i++) {
      rows.write(row, 1 + i, state[i], 0);
    }
    if (rule.counts()) {
      rows.putCount(row, updates);
    }
  }
}
