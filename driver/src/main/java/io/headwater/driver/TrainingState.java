package io.headwater.driver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.config.ConsistencySection;
import io.headwater.driver.config.TrainingSection;

/**
 * What decides the course of a run besides weights: kept in {@code training/state.json}, and the
 * same when the run is resumed.
 *
 * @param corpus SHA-256 that names the corpus
 * @param tokensPerStep of one global batch
 */
record TrainingState(
    String preset,
    String corpus,
    long seed,
    int batchSize,
    int microBatches,
    String optimizer,
    int stepsPerUpdate,
    long tokensPerStep) {
  static TrainingState of(
      String preset,
      String corpus,
      TrainingSection training,
      ConsistencySection consistency,
      int contextLength) {
    return new TrainingState(
        preset,
        corpus,
        training.seed(),
        training.batchSize(),
        training.microBatches(),
        training.optimizer(),
        consistency.stepsPerUpdate(),
        (long) training.batchSize() * contextLength);
  }

  /** The file's content after some steps; the cursor into the data is the step itself. */
  ObjectNode at(long step) {
    ObjectNode state = JsonNodeFactory.instance.objectNode();
    state.put("step", step);
    state.put("tokens", step * tokensPerStep);
    state.put("model_preset", preset);
    state.put("corpus_sha256", corpus);
    state.put("seed", seed);
    state.put("batch_size", batchSize);
    state.put("micro_batches", microBatches);
    state.put("optimizer", optimizer);
    state.put("steps_per_update", stepsPerUpdate);
    return state;
  }

  /**
   * Refuses to go on where the continuation would not be that of the run that wrote the checkpoint.
   */
  void checkContinues(Checkpoint checkpoint) {
    JsonNode before =
        checkpoint
            .trainingState()
            .orElseThrow(
                () ->
                    new UserException(
                        "Cannot resume from "
                            + checkpoint.directory()
                            + ": it has no training/state.json (not written by a pretraining run)"));
    ObjectNode now = at(checkpoint.step());
    check(checkpoint, before, now, "model_preset", "model.preset");
    check(checkpoint, before, now, "corpus_sha256", "corpus");
    check(checkpoint, before, now, "seed", "training.seed");
    check(checkpoint, before, now, "batch_size", "training.batch-size");
    check(checkpoint, before, now, "micro_batches", "training.micro-batches");
    check(checkpoint, before, now, "optimizer", "training.optimizer");
    check(checkpoint, before, now, "steps_per_update", "consistency.local-steps");
  }

  private static void check(
      Checkpoint checkpoint, JsonNode before, JsonNode now, String field, String key) {
    if (!before.path(field).asText().equals(now.path(field).asText())) {
      throw new UserException(
          "Cannot resume from "
              + checkpoint.directory()
              + ": "
              + key
              + " is "
              + now.path(field).asText()
              + ", the run was started with "
              + before.path(field).asText());
    }
  }
}
