package io.headwater.driver.words;

import io.headwater.checkpoint.BlockSource;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.ps.sparse.SparseTableConfig;
import io.headwater.worker.WordTraining;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A family's training at parameter shards, whose parts are on storage: what the two tables hold,
 * and how they become the checkpoint of a single process.
 */
interface FamilyTables {
  /** The rows of both tables, each to be read in order, those of the input table first. */
  record Rows(BlockSource inputs, BlockSource outputs) {}

  WordTraining training();

  /** What an epoch reads, as {@link EmbeddingTraining#unit}. */
  String unit();

  /** How many of them an epoch reads. */
  long size();

  /**
   * The rows to start from; empty where the shards draw them.
   *
   * @param checkpoint to go on from
   */
  Optional<Rows> start(Optional<Checkpoint> checkpoint);

  TensorLayout layout();

  /**
   * The checkpoint's flat vector, to be read in order.
   *
   * @param matrices opens a table, to be read in order
   */
  BlockSource weights(Function<SparseTableConfig, BlockSource> matrices);

  /** By name, of the same layout; likewise. */
  Map<String, BlockSource> optimizerState(Function<SparseTableConfig, BlockSource> matrices);
}
