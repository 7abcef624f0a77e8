package io.headwater.driver.words;

import io.headwater.checkpoint.BlockSource;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.glove.GloveTables;
import io.headwater.ps.sparse.SparseTableConfig;
import io.headwater.worker.CooccurrencePart;
import io.headwater.worker.CooccurrenceTraining;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Words learn from how often they meet: a table has a row of AdaGrad's squares after each of
 * weights.
 */
record CountTables(CooccurrenceTraining training, GloveTables tables) implements FamilyTables {
  CountTables(CooccurrenceTraining training) {
    this(training, new GloveTables(training.words(), training.config().dim()));
  }

  @Override
  public String unit() {
    return "entries";
  }

  @Override
  public long size() {
    return training.countParts().stream().mapToLong(CooccurrencePart::entries).sum();
  }

  @Override
  public Optional<Rows> start(Optional<Checkpoint> checkpoint) {
    GloveTables.Both rows =
        checkpoint.map(tables::of).orElseGet(() -> tables.initial(training.config().seed()));
    return Optional.of(new Rows(rows.words(), rows.contexts()));
  }

  @Override
  public TensorLayout layout() {
    return tables.layout();
  }

  @Override
  public BlockSource weights(Function<SparseTableConfig, BlockSource> matrices) {
    return tables.weights(both(matrices));
  }

  @Override
  public Map<String, BlockSource> optimizerState(
      Function<SparseTableConfig, BlockSource> matrices) {
    return tables.optimizerState(both(matrices));
  }

  private GloveTables.Both both(Function<SparseTableConfig, BlockSource> matrices) {
    return new GloveTables.Both(
        matrices.apply(training.inputTable()), matrices.apply(training.outputTable()));
  }
}
