package io.headwater.model.embedding;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The words of a checkpoint: a {@code tokenizer.json} of the kind {@code WordLevel}, and how often
 * each occurred, {@code vocab_counts} in the state of training.
 */
public final class CheckpointWords {
  private static final String COUNTS = "vocab_counts";
  private static final int BLOCK = 1 << 16;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private CheckpointWords() {}

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

  /** The state of training. */
  public static ObjectNode counts(Vocabulary vocabulary) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode counts = json.putArray(COUNTS);
    for (int id = 0; id < vocabulary.size(); id++) {
      counts.add(vocabulary.count(id));
    }
    return json;
  }

  /**
   * Reads the words in the order of their numbers.
   *
   * @throws UserException if they are not whole
   */
  public static List<String> words(Checkpoint checkpoint) {
    JsonNode vocabulary = parse(checkpoint);
    String[] words = new String[vocabulary.size()];
    for (Map.Entry<String, JsonNode> word : vocabulary.properties()) {
      int id = word.getValue().asInt(-1);
      if (id >= 0 && id < words.length) {
        words[id] = word.getKey();
      }
    }
    for (int id = 0; id < words.length; id++) {
      if (words[id] == null) {
        throw unreadable(checkpoint, "tokenizer.json has no word of number " + id);
      }
    }
    return List.of(words);
  }

  /**
   * Reads the words with their counts.
   *
   * @throws UserException if they are not whole
   */
  public static Vocabulary vocabulary(Checkpoint checkpoint) {
    List<String> words = words(checkpoint);
    JsonNode counts =
        checkpoint
            .trainingState()
            .map(state -> state.path(COUNTS))
            .orElseThrow(() -> unreadable(checkpoint, "it has no counts of its words"));
    if (counts.size() != words.size()) {
      throw unreadable(checkpoint, counts.size() + " counts for " + words.size() + " words");
    }
    List<Vocabulary.Count> counted = new ArrayList<>();
    for (int id = 0; id < words.size(); id++) {
      counted.add(new Vocabulary.Count(words.get(id), counts.get(id).asLong()));
    }
    return Vocabulary.ordered(counted);
  }

  /** Reads a tensor of two dimensions. */
  public static Rows rows(Checkpoint checkpoint, String name) {
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

  private static JsonNode parse(Checkpoint checkpoint) {
    byte[] tokenizer =
        checkpoint
            .tokenizer()
            .orElseThrow(() -> unreadable(checkpoint, "it has no tokenizer.json"));
    try {
      return MAPPER.readTree(tokenizer).path("model").path("vocab");
    } catch (IOException e) {
      throw new UserException(
          "Cannot read word vectors of " + checkpoint.directory() + ": tokenizer.json is no JSON",
          e);
    }
  }

  private static UserException unreadable(Checkpoint checkpoint, String why) {
    return new UserException("Cannot read word vectors of " + checkpoint.directory() + ": " + why);
  }
}
