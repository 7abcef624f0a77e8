package io.headwater.driver.words;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.BlockSource;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.embedding.EpochPosition;
import io.headwater.model.word2vec.EpochPart;
import io.headwater.model.word2vec.Word2VecCheckpoint;
import io.headwater.model.word2vec.Word2VecModel;
import io.headwater.model.word2vec.Word2VecTrainer;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/** Words learn from the words of their windows. */
record WindowTraining(
    ObjectNode config, Word2VecModel model, Word2VecTrainer trainer, WordCorpus corpus)
    implements EmbeddingTraining {
  @Override
  public String unit() {
    return "words";
  }

  @Override
  public long size() {
    return model.vocabulary().total();
  }

  @Override
  public Epoch epoch(
      int epoch, Optional<EpochPosition> from, LongConsumer progress, BooleanSupplier stop) {
    long begin = System.nanoTime();
    EpochPart part = trainer.epoch(epoch, from, progress, stop);
    return new Epoch(
        part.result().words(),
        part.wordsHere(),
        part.result().loss(),
        (System.nanoTime() - begin) * 1e-9,
        part.position());
  }

  @Override
  public TensorLayout layout() {
    return Word2VecCheckpoint.layout(model);
  }

  @Override
  public BlockSource weights() {
    return Word2VecCheckpoint.weights(model);
  }

  @Override
  public Map<String, BlockSource> optimizerState() {
    return Map.of();
  }

  @Override
  public void close() {
    corpus.close();
  }
}
