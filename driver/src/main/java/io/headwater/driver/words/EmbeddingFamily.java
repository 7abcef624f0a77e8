package io.headwater.driver.words;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.driver.config.EmbeddingConfig;
import io.headwater.driver.config.EmbeddingModelSection;
import io.headwater.driver.config.WordTrainingSection;
import io.headwater.driver.run.Progress;
import io.headwater.model.embedding.Vocabulary;
import java.util.Optional;

/** How a kind of word vectors is trained. */
interface EmbeddingFamily {
  /**
   * Refuses words for which there can be no model, before memory is taken for one.
   *
   * @throws io.headwater.checkpoint.UserException if a matrix had more rows than can be numbered
   */
  void check(Vocabulary vocabulary);

  /** The {@code config.json} that a training over these words has. */
  ObjectNode config(Vocabulary vocabulary);

  /**
   * Makes a model ready for training.
   *
   * @param start where to go on from
   * @param progress is told of what comes before the first epoch
   */
  EmbeddingTraining training(WordText text, Optional<Checkpoint> start, Progress progress);

  /**
   * Reads what a run is to begin with.
   *
   * @param from checkpoint folder or file
   * @throws io.headwater.checkpoint.UserException if it is not what the family can begin with
   */
  GivenVectors given(String from);

  /**
   * Makes a training whose matrices are at parameter shards.
   *
   * @param folder for the parts that workers read, which are written
   * @param progress is told of what comes before the first epoch
   */
  FamilyTables inTables(
      WordText text, WordTrainingSection training, String folder, Progress progress);

  static EmbeddingFamily of(EmbeddingConfig config) {
    return switch (config.model().preset()) {
      case EmbeddingModelSection.FASTTEXT -> new FastTextFamily(config.embedding());
      case EmbeddingModelSection.GLOVE -> new GloveFamily(config.embedding());
      default -> new Word2VecFamily(config.embedding());
    };
  }
}
