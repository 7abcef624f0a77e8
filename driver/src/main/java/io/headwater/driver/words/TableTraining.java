package io.headwater.driver.words;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.BlockSource;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.Storage;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.driver.config.EmbeddingConfig;
import io.headwater.driver.run.Watchers;
import io.headwater.driver.spark.SparkApplication;
import io.headwater.model.embedding.EpochPosition;
import io.headwater.ps.sparse.SparseTableConfig;
import io.headwater.ps.sparse.TableCheckpoint;
import io.headwater.ps.sparse.TableMatrix;
import io.headwater.worker.WordTraining;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/*
 * An asynchronous run of the parameter server whose batches are parts of what is read, and whose flat
 * vector, which it must have, stays zero: the weights are in two sparse tables. At the end of an
 * epoch the shards write their rows under <output>/workers, while workers go on; this process joins
 * them to the checkpoint that a run in one process writes, row by row, and deletes them.
 */
/** Word vectors trained by workers, with both matrices at the parameter shards. */
final class TableTraining implements EmbeddingTraining {
  private static final String FLAT = "batches";

  private final EmbeddingConfig config;
  private final SparkApplication spark;
  private final ObjectNode model;
  private final FamilyTables tables;
  private final WordTraining words;
  private final Optional<String> start; // checkpoint to go on from
  private final Watchers watchers;
  private final List<TableMatrix> matrices = new ArrayList<>(); // that are open
  private TableRun run; // null before the first epoch
  private long written = -1; // step whose tables are on storage

  /**
   * @param model the {@code config.json} of checkpoints
   * @param tables whose parts are in {@link #folder}
   * @param start folder of the checkpoint to go on from
   */
  TableTraining(
      EmbeddingConfig config,
      SparkApplication spark,
      ObjectNode model,
      FamilyTables tables,
      Optional<String> start,
      Watchers watchers) {
    this.config = config;
    this.spark = spark;
    this.model = model;
    this.tables = tables;
    this.words = tables.training();
    this.start = start;
    this.watchers = watchers;
  }

  /** Of tables and of all that is temporary; deleted in the end. */
  static String folder(EmbeddingConfig config) {
    return config.output() + "/workers";
  }

  @Override
  public String unit() {
    return tables.unit();
  }

  @Override
  public long size() {
    return tables.size();
  }

  @Override
  public ObjectNode config() {
    return model;
  }

  @Override
  public Epoch epoch(
      int epoch, Optional<EpochPosition> from, LongConsumer told, BooleanSupplier stop) {
    if (from.isPresent()) {
      throw new IllegalArgumentException("Cannot go on inside an epoch with workers");
    }
    if (run == null) {
      begin(epoch);
    }
    told.accept(0);
    TableEvents.Done done = run.await(epoch, told);
    if (done.step() != written) {
      discardMatrices();
    }
    written = done.step();
    if (epoch + 1 == words.epochs()) {
      run.finish();
    }
    return done.epoch();
  }

  private void begin(int epoch) {
    long step = (long) epoch * words.parts();
    restore(step);
    run = TableRun.start(config, spark, words, writeFlat(step), folder(config), watchers);
  }

  private void restore(long step) {
    Optional<Checkpoint> saved = start.map(Checkpoint::open);
    try {
      tables
          .start(saved)
          .ifPresent(
              rows -> {
                write(words.inputTable(), step, rows.inputs());
                write(words.outputTable(), step, rows.outputs());
              });
    } finally {
      saved.ifPresent(Checkpoint::close);
    }
  }

  private void write(SparseTableConfig table, long step, BlockSource rows) {
    TableCheckpoint.write(folder(config), table, step, table.maxRows(), rows);
  }

  /** The flat vector that the run starts from; returns the folder. */
  private String writeFlat(long step) {
    TensorLayout layout =
        TensorLayout.builder()
            .add(FLAT, WordTraining.flatElements(config.parameterServer().shards()))
            .build();
    String directory = Checkpoint.directory(folder(config), step);
    try (FlatVector zeros = FlatVector.allocate(layout.elements())) {
      Checkpoint.write(
          directory,
          step,
          layout,
          zeros,
          new CheckpointDescription(
              JsonNodeFactory.instance.objectNode(), Optional.empty(), Optional.empty()));
    }
    return directory;
  }

  @Override
  public TensorLayout layout() {
    return tables.layout();
  }

  /** Of the last epoch, to be read once, in order. */
  @Override
  public BlockSource weights() {
    closeMatrices();
    return tables.weights(this::matrix);
  }

  /** Likewise. */
  @Override
  public Map<String, BlockSource> optimizerState() {
    return tables.optimizerState(this::matrix);
  }

  private TableMatrix matrix(SparseTableConfig table) {
    TableMatrix matrix =
        TableMatrix.open(
            folder(config), table, table.maxRows(), written, config.parameterServer().shards());
    matrices.add(matrix);
    return matrix;
  }

  private void closeMatrices() {
    matrices.forEach(TableMatrix::close);
    matrices.clear();
  }

  private void discardMatrices() {
    matrices.forEach(TableMatrix::discard);
    matrices.clear();
  }

  @Override
  public double bytesPerUnit() {
    return run == null ? Double.NaN : run.bytesPerUnit();
  }

  @Override
  public void close() {
    discardMatrices();
    if (run != null) {
      run.close();
    }
    Storage.delete(folder(config));
  }
}
