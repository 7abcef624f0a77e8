package io.headwater.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Objects;
import java.util.Optional;

/**
 * What a checkpoint holds besides tensors.
 *
 * @param config {@code config.json}, in Hugging Face keys
 * @param tokenizer the bytes of {@code tokenizer.json}, if the model has one
 * @param trainingState {@code training/state.json}: what a run needs to go on; absent in a
 *     fine-tuned model
 */
public record CheckpointDescription(
    JsonNode config, Optional<byte[]> tokenizer, Optional<JsonNode> trainingState) {
  public CheckpointDescription {
    Objects.requireNonNull(config, "config");
    Objects.requireNonNull(tokenizer, "tokenizer");
    Objects.requireNonNull(trainingState, "trainingState");
    if (!config.isObject()) {
      throw new IllegalArgumentException(
          "Cannot describe a checkpoint: config is " + config.getNodeType() + ", not an object");
    }
  }
}
