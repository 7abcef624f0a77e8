package io.headwater.model.glove;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.BlockSource;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.embedding.CheckpointWords;
import io.headwater.model.embedding.Rows;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.embedding.WordVectors;
import java.util.Map;

/**
 * A GloVe model in a checkpoint: {@code word.weight} and {@code context.weight}, whose last column
 * is the bias; the squares of AdaGrad as the optimizer's state {@code squares}; words as {@link
 * CheckpointWords} has them.
 */
public final class GloveCheckpoint {
  private static final String TYPE = "glove";
  private static final String WORD = "word.weight";
  private static final String CONTEXT = "context.weight";
  static final String SQUARES = "squares";
  private static final int BLOCK = 1 << 16;

  private GloveCheckpoint() {}

  /** The {@code config.json}; threads are left out, a run may go on with others. */
  public static ObjectNode config(Vocabulary vocabulary, GloveConfig config) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("model_type", TYPE);
    json.put("vocab_size", vocabulary.size());
    json.put("vocab_words", vocabulary.total());
    json.put("hidden_size", config.dim());
    json.put("window", config.window());
    json.put("x_max", config.xMax());
    json.put("alpha", config.alpha());
    json.put("learning_rate", config.learningRate());
    json.put("epochs", config.epochs());
    json.put("seed", config.seed());
    return json;
  }

  /** Whether a {@code config.json} is of this family. */
  public static boolean reads(JsonNode config) {
    return config.path("model_type").asText().equals(TYPE);
  }

  public static TensorLayout layout(GloveModel model) {
    return layout(model.word().count(), model.word().width() - 1);
  }

  /** Of so many words. */
  static TensorLayout layout(long words, int dim) {
    return TensorLayout.builder().add(WORD, words, dim + 1).add(CONTEXT, words, dim + 1).build();
  }

  /** Gives out the flat vector of {@link #layout}. */
  public static BlockSource weights(GloveModel model) {
    return both(model.word(), model.context());
  }

  /** By name, of the same layout. */
  public static Map<String, BlockSource> optimizerState(GloveModel model) {
    return Map.of(SQUARES, both(model.wordSquares(), model.contextSquares()));
  }

  private static BlockSource both(Rows first, Rows second) {
    BlockSource source = first::read;
    return source.followedBy(second::read, first.count() * first.width());
  }

  /**
   * Reads a model to train on.
   *
   * @param vocabulary that of the checkpoint, with counts
   */
  public static GloveModel read(Checkpoint checkpoint, Vocabulary vocabulary) {
    return new GloveModel(
        vocabulary,
        CheckpointWords.rows(checkpoint, WORD),
        CheckpointWords.rows(checkpoint, CONTEXT),
        squares(checkpoint, WORD),
        squares(checkpoint, CONTEXT));
  }

  /** Reads the words and their vectors. */
  public static WordVectors vectors(Checkpoint checkpoint) {
    return GloveModel.sum(
        CheckpointWords.words(checkpoint),
        CheckpointWords.rows(checkpoint, WORD),
        CheckpointWords.rows(checkpoint, CONTEXT));
  }

  private static Rows squares(Checkpoint checkpoint, String name) {
    TensorLayout.Entry entry = checkpoint.layout().entry(name);
    Rows rows = GloveModel.squares(entry.shape().get(0), Math.toIntExact(entry.shape().get(1)));
    float[] block = new float[BLOCK];
    for (long done = 0; done < entry.elements(); done += BLOCK) {
      int count = (int) Math.min(BLOCK, entry.elements() - done);
      checkpoint.readOptimizerState(SQUARES, entry.offset() + done, block, 0, count);
      rows.write(done, block, 0, count);
    }
    return rows;
  }
}
