package io.headwater.driver.words;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointCommit;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.checkpoint.ShardCheckpointWriter;
import io.headwater.checkpoint.Storage;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.model.embedding.EpochPosition;
import java.util.Arrays;
import java.util.Optional;

/** The checkpoints of a run of word vectors, whose steps are epochs. */
final class EmbeddingCheckpoints {
  /** Where the newest checkpoint inside an epoch lies, under the output. */
  private static final String STOPPED = "/stopped";

  private static final String POSITION = "epoch_position";

  private final String output;

  EmbeddingCheckpoints(String output) {
    this.output = output;
  }

  /** Writes the model as it is after so many epochs. */
  String write(int epochs, EmbeddingTraining training, CheckpointDescription description) {
    String written = write(output, epochs, weights(training), description);
    Storage.delete(output + STOPPED);
    return written;
  }

  /** Writes the model that a run begins with, before its first epoch. */
  Checkpoint first(GivenVectors.Weights model, CheckpointDescription description) {
    CheckpointCommit.discardUnfinished(output);
    return Checkpoint.open(write(output, 0, model, description));
  }

  private static GivenVectors.Weights weights(EmbeddingTraining training) {
    return new GivenVectors.Weights(
        training.layout(), training.weights(), training.optimizerState());
  }

  private static String write(
      String folder, int epoch, GivenVectors.Weights model, CheckpointDescription description) {
    TensorLayout layout = model.layout();
    new ShardCheckpointWriter(folder, 0, 1, 0, layout.elements())
        .write(epoch, model.weights(), model.optimizerState());
    return new CheckpointCommit(folder, layout, 1).commit(epoch, description);
  }

  /** Writes the model as it is inside an epoch, in a place of its own, over the one before. */
  String writeInside(
      int epochs,
      EmbeddingTraining training,
      CheckpointDescription description,
      EpochPosition position) {
    ObjectNode state = description.trainingState().orElseThrow().deepCopy();
    state.set(POSITION, position.toJson());
    return write(
        output + STOPPED,
        epochs,
        weights(training),
        new CheckpointDescription(
            description.config(), description.tokenizer(), Optional.of(state)));
  }

  /** Where inside an epoch the model is; empty if it is between two. */
  static Optional<EpochPosition> position(Checkpoint checkpoint) {
    return checkpoint
        .trainingState()
        .filter(state -> state.has(POSITION))
        .map(state -> EpochPosition.of(state.get(POSITION)));
  }

  /**
   * The checkpoint to go on from: that of the epoch that was stopped, if it is the newest.
   *
   * @param resume whether there may be one
   * @param tables whether workers train, who begin epochs at their beginning
   * @throws UserException if going on from it would not continue the same run
   */
  Optional<Checkpoint> newest(boolean resume, boolean tables, CheckpointDescription description) {
    Optional<Checkpoint> newest = Checkpoint.newest(output);
    long epochs = newest.map(Checkpoint::step).orElse(0L);
    Optional<Checkpoint> stopped = Checkpoint.newest(output + STOPPED);
    boolean inside = stopped.isPresent() && stopped.get().step() == epochs;
    Optional<Checkpoint> start = inside ? stopped : newest;
    (inside ? newest : stopped).ifPresent(Checkpoint::close);
    try {
      start.ifPresent(
          checkpoint -> checkContinues(checkpoint, resume, inside && tables, description));
    } catch (UserException e) {
      start.ifPresent(Checkpoint::close);
      throw e;
    }
    return start;
  }

  private void checkContinues(
      Checkpoint checkpoint, boolean resume, boolean begins, CheckpointDescription description) {
    if (!resume) {
      throw new UserException(
          "Cannot write to "
              + output
              + ": it holds the checkpoints of a run; give --resume to go on, or another --output");
    }
    // By their text: numbers of one value may be of different classes once they are read back.
    if (!checkpoint.config().toString().equals(description.config().toString())
        || !Arrays.equals(
            checkpoint.tokenizer().orElse(new byte[0]), description.tokenizer().orElseThrow())) {
      throw new UserException(
          "Cannot resume from "
              + checkpoint.directory()
              + ": it was trained on other words or with other settings");
    }
    if (begins) {
      throw new UserException(
          "Cannot resume from "
              + checkpoint.directory()
              + " with several workers or parameter shards: it was stopped inside an epoch (go on"
              + " in one process, or delete it to begin that epoch again)");
    }
  }
}
