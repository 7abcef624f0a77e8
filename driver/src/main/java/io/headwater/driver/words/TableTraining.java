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
import io.headwater.model.word2vec.Word2VecCheckpoint;
import io.headwater.ps.sparse.SparseTableConfig;
import io.headwater.ps.sparse.TableCheckpoint;
import io.headwater.ps.sparse.TableMatrix;
import io.headwater.worker.TextPart;
import io.headwater.worker.WordTraining;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * An asynchronous run of the parameter server whose batches are parts of the text, and whose flat
 * vector, which it must have, stays zero: the weights are in two sparse tables. At the end of an
 * epoch the shards write their rows under <output>/workers, while workers go on; this process joins
 * them to the checkpoint that a run in one process writes, row by row, and deletes them.
 */
/** Word vectors trained by workers, with both matrices at the parameter shards. */
final class TableTraining implements EmbeddingTraining {
  private static final Logger LOG = LoggerFactory.getLogger(TableTraining.class);

  private static final String FLAT = "batches";

  private final EmbeddingConfig config;
  private final SparkApplication spark;
  private final WordText text;
  private final ObjectNode model;
  private final Function<List<TextPart>, WordTraining> family;
  private final Optional<String> start; // checkpoint to go on from
  private final Watchers watchers;
  private final String folder;
  private TableRun run; // null before the first epoch
  private WordTraining words;
  private long written = -1; // step whose tables are on storage
  private TableMatrix inputs;
  private TableMatrix outputs;

  /**
   * @param family makes a training of the parts of the text
   * @param model the {@code config.json} of checkpoints
   * @param start folder of the checkpoint to go on from
   */
  TableTraining(
      EmbeddingConfig config,
      SparkApplication spark,
      WordText text,
      ObjectNode model,
      Function<List<TextPart>, WordTraining> family,
      Optional<String> start,
      Watchers watchers) {
    this.config = config;
    this.spark = spark;
    this.text = text;
    this.model = model;
    this.family = family;
    this.start = start;
    this.watchers = watchers;
    this.folder = config.output() + "/workers";
  }

  @Override
  public String unit() {
    return "words";
  }

  @Override
  public long size() {
    return text.vocabulary().total();
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
    if (epoch + 1 == words.config().epochs()) {
      run.finish();
    }
    return done.epoch();
  }

  private void begin(int epoch) {
    Storage.delete(folder); // of a run that was killed
    words = family.apply(WordParts.write(text, folder + "/text", config.training().workers()));
    LOG.info("{} parts of the text, {} words", words.parts().size(), size());
    long step = step(epoch);
    start.ifPresent(checkpoint -> restore(checkpoint, step));
    run = TableRun.start(config, spark, words, writeFlat(step), folder, watchers);
  }

  private long step(int epochs) {
    return (long) epochs * words.parts().size();
  }

  private void restore(String checkpoint, long step) {
    try (Checkpoint saved = Checkpoint.open(checkpoint)) {
      long inputElements = words.inputRows() * words.config().dim();
      TableCheckpoint.write(
          folder, words.inputTable(), step, words.inputRows(), saved::readWeights);
      TableCheckpoint.write(
          folder,
          words.outputTable(),
          step,
          words.outputRows(),
          (from, into, offset, count) ->
              saved.readWeights(inputElements + from, into, offset, count));
    }
  }

  /** The flat vector that the run starts from; returns the folder. */
  private String writeFlat(long step) {
    TensorLayout layout =
        TensorLayout.builder()
            .add(FLAT, WordTraining.flatElements(config.parameterServer().shards()))
            .build();
    String directory = Checkpoint.directory(folder, step);
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
    return Word2VecCheckpoint.layout(words.inputRows(), words.outputRows(), words.config().dim());
  }

  /** Of the last epoch, to be read once, in order. */
  @Override
  public BlockSource weights() {
    closeMatrices();
    inputs = matrix(words.inputTable(), words.inputRows());
    outputs = matrix(words.outputTable(), words.outputRows());
    return Word2VecCheckpoint.weights(inputs, outputs, inputs.elements());
  }

  private TableMatrix matrix(SparseTableConfig table, long rows) {
    return TableMatrix.open(folder, table, rows, written, config.parameterServer().shards());
  }

  private void closeMatrices() {
    if (inputs != null) {
      inputs.close();
      outputs.close();
    }
  }

  private void discardMatrices() {
    if (inputs != null) {
      inputs.discard();
      outputs.discard();
      inputs = null;
    }
  }

  @Override
  public Map<String, BlockSource> optimizerState() {
    return Map.of();
  }

  @Override
  public double bytesPerWord() {
    return run == null ? Double.NaN : run.bytesPerWord();
  }

  @Override
  public void close() {
    discardMatrices();
    if (run != null) {
      run.close();
    }
    if (words != null) {
      Storage.delete(folder);
    }
  }
}
