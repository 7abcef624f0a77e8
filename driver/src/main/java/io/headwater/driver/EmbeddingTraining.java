package io.headwater.driver;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.BlockSource;
import io.headwater.checkpoint.TensorLayout;
import java.util.Map;
import java.util.function.LongConsumer;

/** A model of word vectors with what trains it. */
interface EmbeddingTraining extends AutoCloseable {
  /**
   * What an epoch did.
   *
   * @param done what of {@link #unit} was read
   * @param loss mean over those that it was taken of; NaN if there were none
   * @param seconds that training took
   */
  record Epoch(long done, double loss, double seconds) {}

  /** What an epoch reads, for people and in keys: words or entries. */
  String unit();

  /** How many of them an epoch reads. */
  long size();

  /**
   * Runs an epoch.
   *
   * @param epoch from 0
   * @param progress is told how many are done; by any thread
   */
  Epoch epoch(int epoch, LongConsumer progress);

  /** The {@code config.json} of its checkpoints. */
  ObjectNode config();

  TensorLayout layout();

  BlockSource weights();

  /** By name, of the same layout; empty if training needs none. */
  Map<String, BlockSource> optimizerState();

  /** Bytes that crossed the wire per word that was read; NaN if none did. */
  default double bytesPerWord() {
    return Double.NaN;
  }

  /** Deletes temporary files. */
  @Override
  void close();
}
