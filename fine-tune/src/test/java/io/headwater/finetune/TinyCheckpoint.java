package io.headwater.finetune;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.corpus.tokenize.PublishedVocabulary;
import io.headwater.corpus.tokenize.Tokenizer;
import io.headwater.corpus.tokenize.Tokenizers;
import io.headwater.model.Execution;
import io.headwater.model.ModelFamily;
import io.headwater.model.Pretrainable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Checkpoints of two layers of width 32, context 64, with random weights. */
public final class TinyCheckpoint {
  public static final int WIDTH = 32;
  public static final int CONTEXT = 64;

  private TinyCheckpoint() {}

  /** A GPT over bytes. */
  public static String write(Path folder) {
    return write(folder, true);
  }

  static String write(Path folder, boolean withTokenizer) {
    try (Tokenizer tokenizer = Tokenizers.bytes()) {
      ObjectNode config =
          ModelFamily.ofPreset("gpt-nano").config("gpt-nano", tokenizer.vocabularySize());
      config.put("n_layer", 2).put("n_head", 2).put("n_embd", WIDTH).put("n_inner", 4 * WIDTH);
      config.put("n_positions", CONTEXT).put("n_ctx", CONTEXT);
      return write(
          folder, config, withTokenizer ? Optional.of(tokenizer.json()) : Optional.empty());
    }
  }

  /** A BERT without dropout whose word pieces are some words, and all letters and digits. */
  public static String bert(Path folder, String... words) {
    StringBuilder vocabulary = new StringBuilder("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n");
    for (String each : "abcdefghijklmnopqrstuvwxyz0123456789".split("")) {
      vocabulary.append(each).append("\n##").append(each).append('\n');
    }
    vocabulary.append(".\n?\n,\n").append(String.join("\n", words)).append('\n');
    byte[] json =
        PublishedVocabulary.wordPiece(
            vocabulary.toString().getBytes(StandardCharsets.UTF_8),
            JsonNodeFactory.instance.objectNode());
    try (Tokenizer tokenizer = Tokenizer.parse(json)) {
      ObjectNode config =
          ModelFamily.ofPreset("bert-tiny").config("bert-tiny", tokenizer.vocabularySize());
      config.put("num_hidden_layers", 2).put("num_attention_heads", 2);
      config.put("hidden_size", WIDTH).put("intermediate_size", 4 * WIDTH);
      config.put("max_position_embeddings", CONTEXT);
      config.put("hidden_dropout_prob", 0.0).put("attention_probs_dropout_prob", 0.0);
      return write(folder, config, Optional.of(json));
    }
  }

  private static String write(Path folder, ObjectNode config, Optional<byte[]> tokenizer) {
    try (Pretrainable model = ModelFamily.of(config).pretrainable(config, Execution.CPU)) {
      model.initialize(11);
      Checkpoint.write(
          folder.toString(),
          0,
          model.layout(),
          model.parameters(),
          new CheckpointDescription(model.config(), tokenizer, Optional.empty()));
    }
    return folder.toString();
  }
}
