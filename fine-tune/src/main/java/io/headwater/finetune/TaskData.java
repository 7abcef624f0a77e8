package io.headwater.finetune;

import io.headwater.checkpoint.UserException;
import io.headwater.model.Batch;

/** Examples as a task's network reads them. */
public interface TaskData {
  /** Examples that a batch is made of. */
  int size();

  /** Tokens of an example. */
  int length(int row);

  /** Examples of which something was cut off. */
  int truncated();

  /**
   * Some examples side by side.
   *
   * @param seed of the dropout
   */
  Batch batch(int[] rows, long seed);

  /** Computes the network's answers, as its weights are now, and scores them. */
  Scores score();

  /**
   * The same examples, each class counting in the loss by its weight.
   *
   * @throws UserException if there are no classes
   */
  default TaskData weighted(ClassWeights weights) {
    throw new UserException("Cannot weigh classes: the task has none");
  }

  /**
   * What a linear head is trained on while all below it is frozen.
   *
   * @throws UserException if no linear head does the task
   */
  default ProbeExamples probed() {
    throw new UserException(
        "Cannot probe this task: no linear head alone does it (methods full, lora and scratch do)");
  }
}
