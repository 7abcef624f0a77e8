package io.headwater.benchmarks.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import io.headwater.corpus.shard.Corpus;
import io.headwater.model.Batch;
import io.headwater.model.ModelFamily;
import io.headwater.worker.Examples;
import java.util.ArrayList;
import java.util.List;

/**
 * A network of about the same size in each family, and the batches of real text that it is trained
 * on: 4 layers (T5: 4 of each kind), width 256, context 128, 8 sequences a batch.
 */
record Subject(String name, ObjectNode config, List<Batch> batches, List<Batch> validation) {
  private static final int SEQUENCES = 8;
  private static final long SEED = 1;

  /**
   * @param name {@code gpt}, {@code bert} or {@code t5}
   * @param dropout whether the network has the dropout of its preset
   */
  static Subject of(String name, Corpus corpus, int batches, boolean dropout) {
    ObjectNode config = config(name, corpus.tokenizer().vocabularySize());
    if (!dropout) {
      config = ModelFamily.of(config).withDropout(config, 0);
    }
    return new Subject(
        name,
        config,
        read(Examples.training(corpus, config, SEED), batches),
        read(Examples.validation(corpus, config), 50));
  }

  private static ObjectNode config(String name, int vocabulary) {
    return switch (name) {
      case "gpt" -> ModelFamily.ofPreset("gpt-mini").config("gpt-mini", vocabulary);
      case "bert" -> ModelFamily.ofPreset("bert-mini").config("bert-mini", vocabulary);
      case "t5" ->
          ModelFamily.ofPreset("t5-tiny")
              .config("t5-tiny", vocabulary)
              .put("n_positions", 128)
              .put("num_layers", 4)
              .put("num_decoder_layers", 4)
              .put("num_heads", 8)
              .put("d_model", 256)
              .put("d_ff", 1024);
      default -> throw new UserException("Cannot measure " + name + ": it must be gpt, bert or t5");
    };
  }

  private static List<Batch> read(Examples examples, int count) {
    List<Batch> batches = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      batches.add(examples.read((long) i * SEQUENCES, SEQUENCES));
    }
    return batches;
  }
}
