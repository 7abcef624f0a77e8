package io.headwater.driver.pretrain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.config.ConsistencySection;
import io.headwater.driver.config.TrainingSection;
import io.headwater.model.Precision;
import io.headwater.ps.optimizer.UpdateGuard;

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
    Precision precision,
    int stepsPerUpdate,
    long tokensPerStep) {
  private static final String PRECISION = "precision";
  private static final String FIRST_PRECISION = "fp32"; // of checkpoints that do not say
  private static final String GUARD = "guard";
  private static final String AVERAGE = "average";
  private static final String ACCEPTED = "accepted";
  private static final String REFUSED_IN_ROW = "refused_in_row";

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
        training.execution().precision(),
        consistency.stepsPerUpdate(),
        (long) training.batchSize() * contextLength);
  }

  /** The file's content before the first step. */
  ObjectNode atStart() {
    return at(0, UpdateGuard.State.START);
  }

  /** What the guard of updates knew when a checkpoint was written. */
  static UpdateGuard.State guard(Checkpoint checkpoint) {
    JsonNode guard = checkpoint.trainingState().map(state -> state.path(GUARD)).orElseThrow();
    return guard.isMissingNode()
        ? UpdateGuard.State.START
        : new UpdateGuard.State(
            guard.path(AVERAGE).asDouble(),
            guard.path(ACCEPTED).asLong(),
            guard.path(REFUSED_IN_ROW).asInt());
  }

  /** The file's content after some steps; the cursor into the data is the step itself. */
  ObjectNode at(long step, UpdateGuard.State guard) {
    ObjectNode state = JsonNodeFactory.instance.objectNode();
    state.put("step", step);
    state.put("tokens", step * tokensPerStep);
    state.put("model_preset", preset);
    state.put("corpus_sha256", corpus);
    state.put("seed", seed);
    state.put("batch_size", batchSize);
    state.put("micro_batches", microBatches);
    state.put("optimizer", optimizer);
    state.put(PRECISION, precision.isBf16() ? "bf16" : FIRST_PRECISION);
    state.put("steps_per_update", stepsPerUpdate);
    ObjectNode guardState = state.putObject(GUARD);
    guardState.put(AVERAGE, guard.average());
    guardState.put(ACCEPTED, guard.accepted());
    guardState.put(REFUSED_IN_ROW, guard.refusedInRow());
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
                            + ": it has no training/state.json (not written by a pretraining"
                            + " run)"));
    ObjectNode now = at(checkpoint.step(), UpdateGuard.State.START);
    check(checkpoint, before, now, "model_preset", "model.preset");
    check(checkpoint, before, now, "corpus_sha256", "corpus");
    check(checkpoint, before, now, "seed", "training.seed");
    check(checkpoint, before, now, "batch_size", "training.batch-size");
    check(checkpoint, before, now, "micro_batches", "training.micro-batches");
    check(checkpoint, before, now, "optimizer", "training.optimizer");
    check(checkpoint, before, now, PRECISION, "training.precision");
    check(checkpoint, before, now, "steps_per_update", "consistency.local-steps");
  }

  private static void check(
      Checkpoint checkpoint, JsonNode before, JsonNode now, String field, String key) {
    String started = before.path(field).asText(field.equals(PRECISION) ? FIRST_PRECISION : "");
    if (!started.equals(now.path(field).asText())) {
      throw new UserException(
          "Cannot resume from "
              + checkpoint.directory()
              + ": "
              + key
              + " is "
              + now.path(field).asText()
              + ", the run was started with "
              + started);
    }
  }
}
