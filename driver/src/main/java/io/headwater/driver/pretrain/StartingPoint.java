package io.headwater.driver.pretrain;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.model.Execution;
import io.headwater.model.ModelFamily;
import io.headwater.model.Pretrainable;
import io.headwater.ps.optimizer.UpdateGuard;
import java.util.Optional;

/**
 * The checkpoint that a run begins at.
 *
 * @param directory its folder
 * @param step updates that its weights have had
 * @param layout of the weights
 * @param guard what the guard of updates knew
 */
record StartingPoint(String directory, long step, TensorLayout layout, UpdateGuard.State guard) {
  /**
   * The newest valid checkpoint of a run that is resumed; empty if it has none yet.
   *
   * @throws UserException if going on from it would not continue the same run
   */
  static Optional<StartingPoint> newest(String output, JsonNode config, TrainingState state) {
    Optional<Checkpoint> newest = Checkpoint.newest(output);
    if (newest.isEmpty()) {
      return Optional.empty();
    }
    try (Checkpoint checkpoint = newest.get()) {
      if (!checkpoint.config().equals(config)) {
        throw new UserException(
            "Cannot resume from "
                + checkpoint.directory()
                + ": its config.json is not that of this run's model and tokenizer");
      }
      state.checkContinues(checkpoint);
      return Optional.of(
          new StartingPoint(
              checkpoint.directory(),
              checkpoint.step(),
              checkpoint.layout(),
              TrainingState.guard(checkpoint)));
    }
  }

  /** Draws the initial weights and writes them as {@code step-00000000}. */
  static StartingPoint fresh(
      String output, ModelFamily family, CheckpointDescription description, long seed) {
    String directory = Checkpoint.directory(output, 0);
    try (Pretrainable model = family.pretrainable(description.config(), Execution.CPU)) {
      model.initialize(seed);
      Checkpoint.write(directory, 0, model.layout(), model.parameters(), description);
      return new StartingPoint(directory, 0, model.layout(), UpdateGuard.State.START);
    }
  }

  /** Writes the weights of another checkpoint as {@code step-00000000}. */
  static StartingPoint given(
      String output, TensorLayout layout, String from, CheckpointDescription description) {
    String directory = Checkpoint.directory(output, 0);
    try (FlatVector weights = FlatVector.allocate(layout.elements())) {
      GivenWeights.read(from, layout, weights);
      Checkpoint.write(directory, 0, layout, weights, description);
      return new StartingPoint(directory, 0, layout, UpdateGuard.State.START);
    }
  }
}
