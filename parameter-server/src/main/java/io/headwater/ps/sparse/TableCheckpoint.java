package io.headwater.ps.sparse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.BlockSource;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointCommit;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.checkpoint.CheckpointException;
import io.headwater.checkpoint.ShardCheckpointWriter;
import io.headwater.checkpoint.Storage;
import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A table in the checkpoints of a run: {@code <output>/tables/<name>/step-NNNNNNNN}, a checkpoint
 * folder of its own, whose bytes depend on the rows alone. {@code docs/format/checkpoint.md} has
 * the format.
 */
public final class TableCheckpoint {
  private static final String MODEL_TYPE = "headwater-sparse-table";
  private static final Pattern FIRST_STEP = Pattern.compile("step-0{8,}");
  private static final int BLOCK_ELEMENTS = 1 << 16;

  private TableCheckpoint() {}

  /** Folder that holds the checkpoints of one table. */
  public static String folder(String output, String table) {
    return output + "/tables/" + table;
  }

  /**
   * Writes one shard's rows of a step; on return they are on the disk.
   *
   * @param rows gives out the shard's part of the table, as {@link TableFields} lays it out
   * @param elements of that part
   */
  static void writePart(
      String output, String table, long step, BlockSource rows, long elements, TablePart part) {
    new ShardCheckpointWriter(part.folder(folder(output, table)), 0, 1, 0, elements)
        .write(step, rows, Map.of());
  }

  /**
   * Makes one checkpoint of the parts of all shards, which must be written; removes the parts.
   *
   * @return its folder
   * @throws CheckpointException if a part is missing or damaged
   */
  public static String commit(String output, SparseTableConfig config, long step, int shards) {
    String folder = folder(output, config.name());
    TableFields fields = TableFields.of(config);
    List<TablePart> parts =
        IntStream.range(0, shards).mapToObj(shard -> new TablePart(shard, shards)).toList();
    String committed;
    try (MergedParts merged = new MergedParts(folder, step, parts, fields)) {
      long elements = merged.rows() * fields.elementsOfRow();
      new ShardCheckpointWriter(folder, 0, 1, 0, elements).write(step, merged, Map.of());
      committed =
          new CheckpointCommit(folder, fields.layout(merged.rows()), 1)
              .commit(
                  step,
                  new CheckpointDescription(json(config), Optional.empty(), Optional.empty()));
    }
    parts.forEach(part -> CheckpointCommit.discardUnfinished(part.folder(folder)));
    return committed;
  }

  /**
   * Writes a table whose rows are those of a matrix, row i with id i, for runs to start from.
   *
   * @param matrix gives out (rows, columns), row by row
   * @return its folder
   */
  public static String write(
      String output, SparseTableConfig config, long step, long rows, BlockSource matrix) {
    TableFields fields = TableFields.of(config);
    if (fields.size() > 2) {
      throw new IllegalArgumentException(
          "Cannot write sparse table " + config.name() + ": its rows have a state, " + fields);
    }
    String folder = folder(output, config.name());
    long firstValue = fields.offset(1, rows);
    BlockSource source =
        (from, into, offset, count) -> {
          int ids = (int) Math.max(0, Math.min(count, firstValue - from));
          for (int i = 0; i < ids; i++) {
            into[offset + i] = Words.of((from + i) / Words.COUNT, (int) ((from + i) % Words.COUNT));
          }
          if (ids < count) {
            matrix.read(from + ids - firstValue, into, offset + ids, count - ids);
          }
        };
    new ShardCheckpointWriter(folder, 0, 1, 0, rows * fields.elementsOfRow())
        .write(step, source, Map.of());
    return new CheckpointCommit(folder, fields.layout(rows), 1)
        .commit(step, new CheckpointDescription(json(config), Optional.empty(), Optional.empty()));
  }

  /**
   * Fills an empty table with the rows of a checkpoint that are this shard's, whatever number of
   * shards wrote it.
   *
   * @param checkpoint the table's folder of one step
   * @param mine which ids the shard owns
   * @throws UserException if the checkpoint is damaged, or of another table
   */
  static void load(String checkpoint, SparseTable table, LongPredicate mine) {
    TableFields fields = TableFields.of(table.config());
    try (Checkpoint saved = Checkpoint.open(checkpoint)) {
      checkSame(saved, table.config());
      long rows = saved.layout().elements() / fields.elementsOfRow();
      if (!saved.layout().equals(fields.layout(rows))) {
        throw new UserException(
            "Cannot load sparse table "
                + table.config().name()
                + " from "
                + checkpoint
                + ": it holds "
                + saved.layout()
                + ", not "
                + fields.names());
      }
      int block = (int) Math.max(1, BLOCK_ELEMENTS / fields.elementsOfRow());
      float[][] values = new float[fields.size()][];
      for (int i = 0; i < values.length; i++) {
        values[i] = new float[block * fields.widths().get(i)];
      }
      for (long from = 0; from < rows; from += block) {
        int count = (int) Math.min(block, rows - from);
        for (int i = 0; i < values.length; i++) {
          int width = fields.widths().get(i);
          saved.readWeights(fields.offset(i, rows) + from * width, values[i], 0, count * width);
        }
        restore(table, values, count, mine);
      }
    }
  }

  /**
   * Fills an empty table with its rows of the checkpoint that a run starts from; a run that starts
   * at step 0 may have no tables yet.
   *
   * @param from the checkpoint of the flat vector, {@code <output>/step-NNNNNNNN}
   */
  static void loadStart(String from, SparseTable table, LongPredicate mine) {
    String dense = from.endsWith("/") ? from.substring(0, from.length() - 1) : from;
    int slash = dense.lastIndexOf('/');
    String step = dense.substring(slash + 1);
    String output = slash < 0 ? "." : dense.substring(0, slash);
    String checkpoint = folder(output, table.config().name()) + "/" + step;
    if (!FIRST_STEP.matcher(step).matches() || exists(checkpoint)) {
      load(checkpoint, table, mine);
    }
  }

  private static boolean exists(String checkpoint) {
    try (InputStream manifest = Storage.read(checkpoint + "/manifest.json")) {
      return true;
    } catch (UserException e) {
      return false;
    } catch (IOException e) {
      throw new CheckpointException("Cannot read " + checkpoint + ": " + e.getMessage(), e);
    }
  }

  private static void restore(SparseTable table, float[][] values, int count, LongPredicate mine) {
    for (int i = 0; i < count; i++) {
      long id = Words.get(values[0], i * Words.COUNT);
      if (mine.test(id)) {
        table.restore(id, values, i);
      }
    }
  }

  private static void checkSame(Checkpoint saved, SparseTableConfig config) {
    ObjectNode mine = json(config);
    for (String key : List.of("model_type", "table", "columns", "seed", "initializer", "scale")) {
      JsonNode theirs = saved.config().path(key);
      if (!theirs.asText().equals(mine.path(key).asText())) {
        throw new UserException(
            "Cannot load sparse table "
                + config.name()
                + " from "
                + saved.directory()
                + ": its "
                + key
                + " is "
                + theirs
                + ", the run's is "
                + mine.path(key));
      }
    }
  }

  private static ObjectNode json(SparseTableConfig config) {
    RowOptimizer optimizer = config.optimizer();
    return JsonNodeFactory.instance
        .objectNode()
        .put("model_type", MODEL_TYPE)
        .put("table", config.name())
        .put("columns", config.columns())
        .put("seed", config.seed())
        .put("initializer", config.initializer().kind().name())
        .put("scale", Float.toString(config.initializer().scale()))
        .put("optimizer", optimizer.kind().name());
  }
}
