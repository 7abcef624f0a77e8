package io.headwater.driver.words;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.BlockSource;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.model.embedding.EpochPosition;
import io.headwater.model.glove.Cooccurrences;
import io.headwater.model.glove.GloveCheckpoint;
import io.headwater.model.glove.GloveEpoch;
import io.headwater.model.glove.GloveModel;
import io.headwater.model.glove.GloveTrainer;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/** Words learn from how often they meet. */
record CountTraining(
    ObjectNode config, GloveModel model, Cooccurrences entries, GloveTrainer trainer)
    implements EmbeddingTraining {
  @Override
  public String unit() {
    return "entries";
  }

  @Override
  public long size() {
    return entries.size();
  }

  @Override
  public Epoch epoch(
      int epoch, Optional<EpochPosition> from, LongConsumer progress, BooleanSupplier stop) {
    long begin = System.nanoTime();
    GloveEpoch part = trainer.epoch(from, progress, stop);
    double loss = part.loss();
    if (part.entries() > 0 && !Double.isFinite(loss)) {
      throw new UserException(
          "Cannot go on training: the loss of epoch "
              + (epoch + 1)
              + " is "
              + loss
              + "; a lower embedding.learning-rate may help");
    }
    return new Epoch(
        part.entries(),
        part.entriesHere(),
        loss,
        (System.nanoTime() - begin) * 1e-9,
        part.position());
  }

  @Override
  public TensorLayout layout() {
    return GloveCheckpoint.layout(model);
  }

  @Override
  public BlockSource weights() {
    return GloveCheckpoint.weights(model);
  }

  @Override
  public Map<String, BlockSource> optimizerState() {
    return GloveCheckpoint.optimizerState(model);
  }

  @Override
  public void close() {
    entries.close();
  }
}
