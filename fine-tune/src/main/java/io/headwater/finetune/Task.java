package io.headwater.finetune;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.Execution;
import io.headwater.model.ModelFamily;
import io.headwater.model.TaskNetwork;
import java.util.List;
import java.util.Optional;

/**
 * What a network is fine-tuned for: what a labelled example is, which network answers it, how
 * examples become what the network reads, and how its answers are scored.
 *
 * <p>What of the network is trained is the {@link Method}'s, and independent of the task.
 *
 * @param <E> a labelled example
 * @param <N> the network
 */
public interface Task<E, N extends TaskNetwork> {
  /** As the command line has it, for example {@code classification}. */
  String name();

  /**
   * Reads labelled examples to score on.
   *
   * @throws io.headwater.checkpoint.UserException naming file and line of the first fault, or if
   *     there is no example
   */
  List<E> read(String file, Columns columns);

  /** Reads examples to train on, where these may be others than those to score on. */
  default List<E> readTraining(String file, Columns columns) {
    return read(file, columns);
  }

  /** The class of an example, where so many of each can be drawn. */
  default Optional<String> stratum(E example) {
    return Optional.empty();
  }

  /** The labels that occur in training examples; {@link Labels#NONE} if the task has none. */
  default Labels labels(List<E> examples, String file) {
    return Labels.NONE;
  }

  /** The labels of a trained network, by its {@code config.json}. */
  default Labels labels(JsonNode config, String directory) {
    return Labels.NONE;
  }

  /**
   * A network with random weights.
   *
   * @param config {@code config.json} of the pretrained model, or of the task's own
   */
  N network(ModelFamily family, JsonNode config, Labels labels, Execution execution);

  /**
   * Makes examples what the network reads.
   *
   * @param file for messages
   */
  TaskData prepare(List<E> examples, String file, TaskModel<N> model);

  /** {@code task_type} of an adapter in PEFT's layout. */
  String adapterType(N network);
}
