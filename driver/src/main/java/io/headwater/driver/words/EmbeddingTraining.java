package io.headwater.driver.words;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.BlockSource;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.embedding.EpochPosition;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/** A model of word vectors with what trains it. */
interface EmbeddingTraining extends AutoCloseable {
  /**
   * What an epoch did, up to its end or to where it was stopped.
   *
   * @param done what of {@link #unit} was read, also before it was stopped and went on
   * @param doneHere of these, those since it went on
   * @param loss mean over those that it was taken of; NaN if there were none
   * @param seconds that training took, since it went on
   * @param position where it was stopped; empty at its end
   */
  record Epoch(
      long done, long doneHere, double loss, double seconds, Optional<EpochPosition> position) {
    /** A whole one. */
    Epoch(long done, double loss, double seconds) {
      this(done, done, loss, seconds, Optional.empty());
    }
  }

  /** What an epoch reads, for people and in keys: words or entries. */
  String unit();

  /** How many of them an epoch reads. */
  long size();

  /**
   * Runs an epoch, or what is left of it.
   *
   * @param epoch from 0
   * @param from where it was stopped
   * @param progress is told at once and now and then how many are done; by any thread
   * @param stop is asked now and then, by any thread; a training by workers ends the epoch first
   */
  Epoch epoch(int epoch, Optional<EpochPosition> from, LongConsumer progress, BooleanSupplier stop);

  /** The {@code config.json} of its checkpoints. */
  ObjectNode config();

  TensorLayout layout();

  BlockSource weights();

  /** By name, of the same layout; empty if training needs none. */
  Map<String, BlockSource> optimizerState();

  /** Bytes that crossed the wire per unit that was read; NaN if none did. */
  default double bytesPerUnit() {
    return Double.NaN;
  }

  /** Deletes temporary files. */
  @Override
  void close();
}
