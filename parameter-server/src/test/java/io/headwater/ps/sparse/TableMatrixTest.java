package io.headwater.ps.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.CheckpointException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableMatrixTest {
  private static final int COLUMNS = 5;
  private static final int ROWS = 1000;
  private static final int SHARDS = 3;
  private static final long STEP = 7;
  private static final SparseTableConfig CONFIG =
      new SparseTableConfig(
          "words", COLUMNS, 1, RowInitializer.uniform(1), RowOptimizer.sgd(), ROWS);

  @TempDir Path output;

  @Test
  void aWrittenMatrixComesBackWithWhatWasPushedToIt() {
    float[] start = new float[ROWS * COLUMNS];
    for (int i = 0; i < start.length; i++) {
      start[i] = i * 0.5f;
    }
    String checkpoint =
        TableCheckpoint.write(
            output.toString(),
            CONFIG,
            STEP,
            ROWS,
            (from, into, offset, count) ->
                System.arraycopy(start, (int) from, into, offset, count));
    List<SparseTable> tables = tables();
    for (int shard = 0; shard < SHARDS; shard++) {
      int mine = shard;
      TableCheckpoint.load(
          checkpoint, tables.get(shard), id -> RowPlacement.shard(id, SHARDS) == mine);
    }
    push(tables, 998);

    float[] read = written(tables, ROWS);

    start[998 * COLUMNS] += 2;
    assertThat(read).isEqualTo(start);
  }

  @Test
  void rowsThatNobodyTouchedHaveTheirInitialValues() {
    try (SparseTable reference = new SparseTable(CONFIG)) {
      float[] expected = new float[ROWS * COLUMNS];
      reference.pull(LongStream.range(0, ROWS).toArray(), ROWS, expected);
      expected[10 * COLUMNS] += 2;
      List<SparseTable> tables = tables();
      push(tables, 10);

      assertThat(written(tables, ROWS)).isEqualTo(expected);
    }
  }

  @Test
  void refusesATableWithARowOutsideOfTheMatrix() {
    List<SparseTable> tables = tables();
    push(tables, 10);

    assertThatThrownBy(() -> written(tables, 10))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("it has a row 10");
  }

  private static List<SparseTable> tables() {
    List<SparseTable> tables = new ArrayList<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      tables.add(new SparseTable(CONFIG));
    }
    return tables;
  }

  /** Adds 2 to the first element of a row. */
  private static void push(List<SparseTable> tables, long id) {
    float[] delta = new float[COLUMNS];
    delta[0] = 2;
    tables.get(RowPlacement.shard(id, SHARDS)).push(new long[] {id}, delta, 1, -1);
  }

  private float[] written(List<SparseTable> tables, int rows) {
    for (int shard = 0; shard < SHARDS; shard++) {
      SparseTable table = tables.get(shard);
      TableSnapshot snapshot = table.beginSnapshot();
      snapshot.order(snapshot);
      long elements = snapshot.rows() * snapshot.fields().elementsOfRow();
      TableCheckpoint.writePart(
          output.toString(), "words", STEP, snapshot, elements, new TablePart(shard, SHARDS));
      table.close();
    }
    try (TableMatrix matrix = TableMatrix.open(output.toString(), CONFIG, rows, STEP, SHARDS)) {
      float[] read = new float[Math.toIntExact(matrix.elements())];
      for (int from = 0; from < read.length; ) { // in pieces that are no whole rows
        int count = Math.min(333, read.length - from);
        matrix.read(from, read, from, count);
        from += count;
      }
      matrix.discard();
      assertThat(output.resolve("tables/words/parts/shard-00000-of-00003")).isEmptyDirectory();
      return read;
    }
  }
}
