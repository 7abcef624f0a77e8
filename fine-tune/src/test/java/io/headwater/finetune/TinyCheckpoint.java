package io.headwater.finetune;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.corpus.tokenize.Tokenizer;
import io.headwater.corpus.tokenize.Tokenizers;
import io.headwater.model.Execution;
import io.headwater.model.LanguageModel;
import io.headwater.model.ModelFamily;
import java.nio.file.Path;
import java.util.Optional;

/** A GPT over bytes, two layers of width 32, context 64, with random weights. */
final class TinyCheckpoint {
  static final int WIDTH = 32;
  static final int CONTEXT = 64;

  private TinyCheckpoint() {}

  static String write(Path folder) {
    return write(folder, true);
  }

  static String write(Path folder, boolean withTokenizer) {
    try (Tokenizer tokenizer = Tokenizers.bytes()) {
      ObjectNode config =
          ModelFamily.ofPreset("gpt-nano").config("gpt-nano", tokenizer.vocabularySize());
      config.put("n_layer", 2).put("n_head", 2).put("n_embd", WIDTH).put("n_inner", 4 * WIDTH);
      config.put("n_positions", CONTEXT).put("n_ctx", CONTEXT);
      try (LanguageModel model = ModelFamily.of(config).languageModel(config, Execution.CPU)) {
        model.initialize(11);
        Checkpoint.write(
            folder.toString(),
            0,
            model.layout(),
            model.parameters(),
            new CheckpointDescription(
                model.config(),
                withTokenizer ? Optional.of(tokenizer.json()) : Optional.empty(),
                Optional.empty()));
      }
    }
    return folder.toString();
  }
}
