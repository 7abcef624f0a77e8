package io.headwater.model.word2vec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.BlockSource;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.model.embedding.CheckpointWords;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.embedding.WordVectors;
import io.headwater.model.word2vec.Word2VecConfig.Loss;
import java.util.Locale;

/**
 * A word2vec model in a checkpoint: {@code input.weight} and {@code output.weight}, a {@code
 * config.json} with everything that decides the course of training, and the words as {@link
 * CheckpointWords} has them.
 */
public final class Word2VecCheckpoint {
  private static final String TYPE = "word2vec";

  /** The tensor of the vectors. */
  public static final String INPUT = "input.weight";

  /** The tensor of the rows that predict. */
  public static final String OUTPUT = "output.weight";

  private Word2VecCheckpoint() {}

  /** The {@code config.json}; threads are left out, a run may go on with others. */
  public static ObjectNode config(Vocabulary vocabulary, Word2VecConfig config) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("model_type", TYPE);
    json.put("vocab_size", vocabulary.size());
    json.put("vocab_words", vocabulary.total());
    json.put("hidden_size", config.dim());
    json.put("algorithm", config.algorithm().name().toLowerCase(Locale.ROOT));
    json.put("loss", config.loss().name().toLowerCase(Locale.ROOT));
    json.put("window", config.window());
    json.put("sample", config.sample());
    json.put("negative", config.negative());
    json.put("negatives", config.negatives().name().toLowerCase(Locale.ROOT));
    json.put("learning_rate", config.learningRate());
    json.put("epochs", config.epochs());
    json.put("seed", config.seed());
    return json;
  }

  /** Whether a {@code config.json} is of this family. */
  public static boolean reads(JsonNode config) {
    return config.path("model_type").asText().equals(TYPE);
  }

  /** What takes the place of the softmax, of a {@code config.json}. */
  public static Loss loss(JsonNode config) {
    return Loss.valueOf(config.path("loss").asText().toUpperCase(Locale.ROOT));
  }

  public static TensorLayout layout(Word2VecModel model) {
    return layout(model.input().count(), model.output().count(), model.input().width());
  }

  /** Of matrices with so many rows. */
  public static TensorLayout layout(long inputRows, long outputRows, int dim) {
    return TensorLayout.builder().add(INPUT, inputRows, dim).add(OUTPUT, outputRows, dim).build();
  }

  /** Gives out the flat vector of {@link #layout}. */
  public static BlockSource weights(Word2VecModel model) {
    BlockSource input = model.input()::read;
    return input.followedBy(model.output()::read, model.input().count() * model.input().width());
  }

  /**
   * Reads both matrices.
   *
   * @param vocabulary that of the checkpoint, with counts
   */
  public static Word2VecModel read(Checkpoint checkpoint, Vocabulary vocabulary) {
    return new Word2VecModel(
        vocabulary,
        CheckpointWords.rows(checkpoint, INPUT),
        CheckpointWords.rows(checkpoint, OUTPUT));
  }

  /**
   * Reads the words and their vectors.
   *
   * @throws UserException if the checkpoint is of another family
   */
  public static WordVectors vectors(Checkpoint checkpoint) {
    if (!reads(checkpoint.config())) {
      throw new UserException(
          "Cannot read word vectors of "
              + checkpoint.directory()
              + ": it is a model of type "
              + checkpoint.config().path("model_type").asText("(none)")
              + ", not of word vectors");
    }
    return new WordVectors(
        CheckpointWords.words(checkpoint), CheckpointWords.rows(checkpoint, INPUT));
  }
}
