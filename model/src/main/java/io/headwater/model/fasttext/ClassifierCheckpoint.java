package io.headwater.model.fasttext;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.UserException;
import io.headwater.model.embedding.CheckpointWords;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.word2vec.Word2VecCheckpoint;
import java.util.ArrayList;
import java.util.List;

/**
 * A classifier in a checkpoint: its matrices as word2vec's, {@code id2label} and {@code
 * label_counts} in its {@code config.json}.
 */
public final class ClassifierCheckpoint {
  private static final String TYPE = "fasttext-classifier";

  private ClassifierCheckpoint() {}

  /** The {@code config.json}. */
  public static ObjectNode config(FastTextClassifier model) {
    ClassifierSettings settings = model.settings();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("model_type", TYPE);
    json.put("vocab_size", model.words().size());
    json.put("hidden_size", settings.dim());
    json.put("loss", settings.loss().toString());
    json.put("word_ngrams", settings.wordNgrams());
    json.put("negative", settings.negative());
    json.put("epochs", settings.epochs());
    json.put("min_count", settings.minCount());
    json.put("min_n", settings.subwords().minN());
    json.put("max_n", settings.subwords().maxN());
    json.put("buckets", settings.subwords().buckets());
    ObjectNode names = json.putObject("id2label");
    ObjectNode numbers = json.putObject("label2id");
    ArrayNode counts = json.putArray("label_counts");
    for (int label = 0; label < model.labels().size(); label++) {
      names.put(Integer.toString(label), model.labels().word(label));
      numbers.put(model.labels().word(label), label);
      counts.add(model.labels().count(label));
    }
    return json;
  }

  /** Whether a {@code config.json} is of a classifier. */
  public static boolean reads(JsonNode config) {
    return config.path("model_type").asText().equals(TYPE);
  }

  /**
   * Reads a model.
   *
   * @throws UserException if it is not whole
   */
  public static FastTextClassifier read(Checkpoint checkpoint) {
    JsonNode config = checkpoint.config();
    List<Vocabulary.Count> labels = new ArrayList<>();
    JsonNode counts = config.path("label_counts");
    for (int label = 0; label < counts.size(); label++) {
      String name = config.path("id2label").path(Integer.toString(label)).asText();
      labels.add(new Vocabulary.Count(name, counts.get(label).asLong()));
    }
    Vocabulary words = CheckpointWords.vocabulary(checkpoint);
    ClassifierSettings settings =
        new ClassifierSettings(
            ClassifierSettings.Loss.named(config.path("loss").asText()),
            config.path("hidden_size").asInt(),
            config.path("word_ngrams").asInt(),
            config.path("negative").asInt(),
            config.path("epochs").asInt(),
            config.path("min_count").asInt(),
            new Subwords(
                config.path("min_n").asInt(),
                config.path("max_n").asInt(),
                config.path("buckets").asInt()));
    return new FastTextClassifier(
        settings,
        words,
        Vocabulary.ordered(labels),
        CheckpointWords.rows(checkpoint, Word2VecCheckpoint.INPUT),
        CheckpointWords.rows(checkpoint, Word2VecCheckpoint.OUTPUT));
  }
}
