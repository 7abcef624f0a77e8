package io.headwater.driver.words;

import io.headwater.checkpoint.BlockSource;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.word2vec.Word2VecCheckpoint;
import io.headwater.ps.sparse.SparseTableConfig;
import io.headwater.worker.TextTraining;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Words learn from the words of their windows: the tables are the matrices. */
record WindowTables(TextTraining training) implements FamilyTables {
  @Override
  public String unit() {
    return "words";
  }

  @Override
  public long size() {
    return training.vocabulary().total();
  }

  @Override
  public Optional<Rows> start(Optional<Checkpoint> checkpoint) {
    return checkpoint.map(
        saved ->
            new Rows(
                saved::readWeights,
                (from, into, offset, count) ->
                    saved.readWeights(inputElements() + from, into, offset, count)));
  }

  private long inputElements() {
    return training.inputTable().maxRows() * training.config().dim();
  }

  @Override
  public TensorLayout layout() {
    return Word2VecCheckpoint.layout(
        training.inputTable().maxRows(), training.outputTable().maxRows(), training.config().dim());
  }

  @Override
  public BlockSource weights(Function<SparseTableConfig, BlockSource> matrices) {
    return matrices
        .apply(training.inputTable())
        .followedBy(matrices.apply(training.outputTable()), inputElements());
  }

  @Override
  public Map<String, BlockSource> optimizerState(
      Function<SparseTableConfig, BlockSource> matrices) {
    return Map.of();
  }
}
