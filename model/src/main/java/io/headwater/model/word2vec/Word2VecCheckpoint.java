package io.headwater.model.word2vec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.BlockSource;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.model.embedding.Rows;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.embedding.WordVectors;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A word2vec model in a checkpoint: {@code input.weight} and {@code output.weight}, a {@code
 * config.json} with everything that decides the course of training, and the words as a {@code
 * tokenizer.json} of the kind {@code WordLevel}.
 */
public final class Word2VecCheckpoint {
  private static final String TYPE = "word2vec";
  private static final String INPUT = "input.weight";
  private static final String OUTPUT = "output.weight";
  private static final int BLOCK = 1 << 16;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Word2VecCheckpoint() {}

  /** The {@code config.json}; threads are left out, a run may go on with others. */
  public static ObjectNode config(Vocabulary vocabulary, Word2VecConfig config) {
    ObjectNode json = MAPPER.createObjectNode();
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

  /** The words, as Hugging Face's tokenizers read them. */
  public static byte[] tokenizer(Vocabulary vocabulary) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("version", "1.0");
    json.putObject("pre_tokenizer").put("type", "WhitespaceSplit");
    ObjectNode model = json.putObject("model");
    model.put("type", "WordLevel");
    ObjectNode words = model.putObject("vocab");
    for (int id = 0; id < vocabulary.size(); id++) {
      words.put(vocabulary.word(id), id);
    }
    model.put("unk_token", "<unk>");
    try {
      return MAPPER.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  public static TensorLayout layout(Word2VecModel model) {
    return TensorLayout.builder()
        .add(INPUT, model.input().count(), model.input().width())
        .add(OUTPUT, model.output().count(), model.output().width())
        .build();
  }

  /** Gives out the flat vector of {@link #layout}. */
  public static BlockSource weights(Word2VecModel model) {
    long boundary = model.input().count() * model.input().width();
    return (from, into, offset, count) -> {
      int first = (int) Math.max(0, Math.min(count, boundary - from));
      if (first > 0) {
        model.input().read(from, into, offset, first);
      }
      if (first < count) {
        model.output().read(from + first - boundary, into, offset + first, count - first);
      }
    };
  }

  /**
   * Reads both matrices.
   *
   * @param vocabulary that of the checkpoint, with counts
   */
  public static Word2VecModel read(Checkpoint checkpoint, Vocabulary vocabulary) {
    return new Word2VecModel(vocabulary, rows(checkpoint, INPUT), rows(checkpoint, OUTPUT));
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
              + ", not word2vec");
    }
    Rows rows = rows(checkpoint, INPUT);
    String[] words = new String[Math.toIntExact(rows.count())];
    for (Map.Entry<String, JsonNode> word : words(checkpoint).properties()) {
      int id = word.getValue().asInt(-1);
      if (id >= 0 && id < words.length) {
        words[id] = word.getKey();
      }
    }
    for (int id = 0; id < words.length; id++) {
      if (words[id] == null) {
        throw new UserException(
            "Cannot read word vectors of "
                + checkpoint.directory()
                + ": tokenizer.json has no word of number "
                + id);
      }
    }
    return new WordVectors(List.of(words), rows);
  }

  private static JsonNode words(Checkpoint checkpoint) {
    byte[] tokenizer =
        checkpoint
            .tokenizer()
            .orElseThrow(
                () ->
                    new UserException(
                        "Cannot read word vectors of "
                            + checkpoint.directory()
                            + ": it has no tokenizer.json"));
    try {
      return MAPPER.readTree(tokenizer).path("model").path("vocab");
    } catch (IOException e) {
      throw new UserException(
          "Cannot read word vectors of " + checkpoint.directory() + ": tokenizer.json is no JSON",
          e);
    }
  }

  private static Rows rows(Checkpoint checkpoint, String name) {
    TensorLayout.Entry entry = checkpoint.layout().entry(name);
    Rows rows = new Rows(entry.shape().get(0), Math.toIntExact(entry.shape().get(1)));
    float[] block = new float[BLOCK];
    for (long done = 0; done < entry.elements(); done += BLOCK) {
      int count = (int) Math.min(BLOCK, entry.elements() - done);
      checkpoint.readWeights(entry.offset() + done, block, 0, count);
      rows.write(done, block, 0, count);
    }
    return rows;
  }
}
