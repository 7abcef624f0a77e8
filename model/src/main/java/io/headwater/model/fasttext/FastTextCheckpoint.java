package io.headwater.model.fasttext;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.UserException;
import io.headwater.model.embedding.CheckpointWords;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.word2vec.Word2VecCheckpoint;
import io.headwater.model.word2vec.Word2VecConfig;
import io.headwater.model.word2vec.Word2VecConfig.Algorithm;
import java.util.Locale;

/** A fastText model in a checkpoint: word2vec's with more input rows and more in its config. */
public final class FastTextCheckpoint {
  private static final String TYPE = "fasttext";

  private FastTextCheckpoint() {}

  /** The {@code config.json}; threads are left out, a run may go on with others. */
  public static ObjectNode config(
      Vocabulary vocabulary, Word2VecConfig config, FastTextSettings settings) {
    ObjectNode json = Word2VecCheckpoint.config(vocabulary, config);
    json.put("model_type", TYPE);
    json.put("min_count", settings.minCount());
    json.put("min_n", settings.subwords().minN());
    json.put("max_n", settings.subwords().maxN());
    json.put("buckets", settings.subwords().buckets());
    return json;
  }

  /** Whether a {@code config.json} is of this family. */
  public static boolean reads(JsonNode config) {
    return config.path("model_type").asText().equals(TYPE);
  }

  /**
   * Reads the model.
   *
   * @throws UserException if the checkpoint is of another family or not whole
   */
  public static FastTextModel read(Checkpoint checkpoint) {
    JsonNode config = checkpoint.config();
    if (!reads(config)) {
      throw new UserException(
          "Cannot read a fastText model of "
              + checkpoint.directory()
              + ": it is a model of type "
              + config.path("model_type").asText("(none)"));
    }
    Vocabulary vocabulary = CheckpointWords.vocabulary(checkpoint);
    FastTextSettings settings =
        new FastTextSettings(
            Algorithm.valueOf(config.path("algorithm").asText().toUpperCase(Locale.ROOT)),
            Word2VecCheckpoint.loss(config),
            config.path("hidden_size").asInt(),
            config.path("window").asInt(),
            config.path("epochs").asInt(),
            config.path("min_count").asLong(),
            config.path("negative").asInt(),
            config.path("sample").asDouble(),
            new Subwords(
                config.path("min_n").asInt(),
                config.path("max_n").asInt(),
                config.path("buckets").asInt()));
    return new FastTextModel(settings, Word2VecCheckpoint.read(checkpoint, vocabulary));
  }
}
