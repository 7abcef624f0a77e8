package io.headwater.ps.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointException;
import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TableCheckpointTest {
  private static final int COLUMNS = 6;
  private static final long[] SOME_IDS = {
    Long.MIN_VALUE, -3, -1, 0, 1, 255, 256, 1L << 33, Long.MAX_VALUE
  };

  @TempDir Path output;

  static Stream<RowOptimizer> optimizers() {
    return Stream.of(RowOptimizer.sgd(), RowOptimizer.adagrad(), RowOptimizer.adam());
  }

  private static SparseTableConfig config(RowOptimizer optimizer) {
    return new SparseTableConfig(
        "words", COLUMNS, 1, RowInitializer.normal(1), optimizer, Long.MAX_VALUE);
  }

  /** A table cut over some shards, after the same pushes in an order of the shards' own. */
  private static List<SparseTable> trained(SparseTableConfig config, int shards) {
    List<SparseTable> tables = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      tables.add(new SparseTable(config));
    }
    for (int round = 0; round < 3; round++) {
      push(tables, LongStream.of(SOME_IDS).toArray(), round);
      push(tables, LongStream.range(0, 400).map(i -> (i - 200) * 977).toArray(), round);
    }
    return tables;
  }

  private static void push(List<SparseTable> tables, long[] ids, int salt) {
    for (long id : ids) {
      Random random = new Random(id + salt);
      float[] gradient = new float[COLUMNS];
      for (int i = 0; i < COLUMNS; i++) {
        gradient[i] = random.nextFloat() - 0.5f;
      }
      table(tables, id).push(new long[] {id}, gradient, 1, 0.1f);
    }
  }

  private static SparseTable table(List<SparseTable> tables, long id) {
    return tables.get(RowPlacement.shard(id, tables.size()));
  }

  private static void writeParts(String output, List<SparseTable> tables, long step) {
    for (int shard = 0; shard < tables.size(); shard++) {
      SparseTable table = tables.get(shard);
      TableSnapshot snapshot = table.beginSnapshot();
      snapshot.order(snapshot);
      writePart(output, table.config(), snapshot, step, new TablePart(shard, tables.size()));
      table.endSnapshot();
    }
  }

  private static void writePart(
      String output, SparseTableConfig config, TableSnapshot snapshot, long step, TablePart part) {
    long elements = snapshot.rows() * snapshot.fields().elementsOfRow();
    TableCheckpoint.writePart(output, config.name(), step, snapshot, elements, part);
  }

  private static String write(Path output, List<SparseTable> tables, long step) {
    writeParts(output.toString(), tables, step);
    return TableCheckpoint.commit(output.toString(), tables.get(0).config(), step, tables.size());
  }

  private static List<SparseTable> load(String checkpoint, SparseTableConfig config, int shards) {
    List<SparseTable> tables = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      int me = shard;
      SparseTable table = new SparseTable(config);
      TableCheckpoint.load(checkpoint, table, id -> RowPlacement.shard(id, shards) == me);
      tables.add(table);
    }
    return tables;
  }

  private static void close(List<SparseTable> tables) {
    tables.forEach(SparseTable::close);
  }

  private static Map<String, String> files(String folder) {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(Path.of(folder.replaceFirst("^file:", "")))) {
      for (Path file : paths.filter(Files::isRegularFile).toList()) {
        content.put(
            file.getFileName().toString(), java.util.Arrays.toString(Files.readAllBytes(file)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return content;
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void theBytesDependNeitherOnTheNumberOfShardsNorOnWhoReadThem(RowOptimizer optimizer) {
    SparseTableConfig config = config(optimizer);
    List<SparseTable> one = trained(config, 1);
    List<SparseTable> three = trained(config, 3);
    Map<String, String> expected = files(write(output.resolve("one"), one, 5));
    String byThree = write(output.resolve("three"), three, 5);
    assertThat(expected).containsKeys("config.json", "model.safetensors", "manifest.json");
    assertThat(files(byThree)).isEqualTo(expected);
    List<SparseTable> two = load(byThree, config, 2);
    assertThat(files(write(output.resolve("two"), two, 5))).isEqualTo(expected);
    // What was read goes on like what was never written.
    push(one, SOME_IDS, 9);
    push(two, SOME_IDS, 9);
    assertThat(files(write(output.resolve("two"), two, 6)))
        .isEqualTo(files(write(output.resolve("one"), one, 6)));
    Stream.of(one, two, three).forEach(TableCheckpointTest::close);
  }

  @Test
  void rowsStandInTheOrderOfTheirIds() {
    List<SparseTable> tables = trained(config(RowOptimizer.adam()), 4);
    try (Checkpoint checkpoint = Checkpoint.open(write(output, tables, 1))) {
      long rows = checkpoint.layout().entry("weight").shape().get(0);
      assertThat(rows).isEqualTo(408); // id 0 is in both sets
      assertThat(checkpoint.layout().entry("update_words").shape()).containsExactly(rows, 4L);
      float[] words = new float[4 * (int) rows];
      checkpoint.readWeights(0, words, 0, words.length);
      long[] ids = LongStream.range(0, rows).map(i -> Words.get(words, 4 * (int) i)).toArray();
      assertThat(ids).isSorted().contains(SOME_IDS);
      float[] row = new float[COLUMNS];
      long offset = checkpoint.layout().entry("weight").offset();
      checkpoint.readWeights(offset + COLUMNS * (rows - 1), row, 0, COLUMNS);
      float[] held = new float[COLUMNS];
      table(tables, Long.MAX_VALUE).pull(new long[] {Long.MAX_VALUE}, 1, held);
      assertThat(row).isEqualTo(held);
    }
    close(tables);
  }

  @Test
  void aSnapshotIsOfOneMomentWhilePushesGoOn() {
    SparseTableConfig config = config(RowOptimizer.adam());
    List<SparseTable> tables = trained(config, 1);
    Map<String, String> before = files(write(output.resolve("before"), tables, 7));
    SparseTable table = tables.get(0);
    TableSnapshot snapshot = table.beginSnapshot();
    push(tables, LongStream.range(0, 100).map(i -> (i - 200) * 977).toArray(), 5);
    snapshot.order(snapshot);
    push(tables, LongStream.range(1_000_000, 1_000_500).toArray(), 6); // new rows
    push(tables, SOME_IDS, 7);
    push(tables, SOME_IDS, 8);
    String during = output.resolve("during").toString();
    writePart(during, config, snapshot, 7, new TablePart(0, 1));
    table.endSnapshot();
    assertThat(files(TableCheckpoint.commit(during, config, 7, 1))).isEqualTo(before);
    close(tables);
  }

  @Test
  void anEmptyTableAndAnEmptyShardAreKept() {
    SparseTableConfig config = config(RowOptimizer.adagrad());
    List<SparseTable> empty = List.of(new SparseTable(config), new SparseTable(config));
    List<SparseTable> read = load(write(output, empty, 0), config, 1);
    assertThat(read.get(0).rows()).isZero();
    table(empty, 3).pull(new long[] {3}, 1, new float[COLUMNS]);
    assertThat(load(write(output, empty, 1), config, 1).get(0).rows()).isOne();
    close(empty);
  }

  @Test
  void aMissingOrDamagedPartIsNamed() throws IOException {
    SparseTableConfig config = config(RowOptimizer.sgd());
    List<SparseTable> tables = trained(config, 2);
    writeParts(output.toString(), tables, 3);
    assertThatThrownBy(() -> TableCheckpoint.commit(output.toString(), config, 3, 3))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("shard 0 of 3 has not written its part");
    String folder = TableCheckpoint.folder(output.toString(), "words");
    Path rows = Path.of(new TablePart(1, 2).rows(folder, 3));
    byte[] bytes = Files.readAllBytes(rows);
    bytes[100] ^= 1;
    Files.write(rows, bytes);
    assertThatThrownBy(() -> TableCheckpoint.commit(output.toString(), config, 3, 2))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("SHA-256");
    close(tables);
  }

  @Test
  void anotherTableIsRefused() {
    List<SparseTable> tables = trained(config(RowOptimizer.adam()), 1);
    String written = write(output, tables, 1);
    SparseTableConfig seed =
        new SparseTableConfig(
            "words", COLUMNS, 2, RowInitializer.normal(1), RowOptimizer.adam(), 1_000);
    assertThatThrownBy(() -> load(written, seed, 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("its seed is 1, the run's is 2");
    assertThatThrownBy(() -> load(written, config(RowOptimizer.adagrad()), 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("exp_avg");
    close(tables);
  }

  @Test
  void wordsHoldEveryInteger() {
    float[] words = new float[5];
    for (long value : SOME_IDS) {
      Words.put(value, words, 1);
      assertThat(Words.get(words, 1)).isEqualTo(value);
    }
  }
}
