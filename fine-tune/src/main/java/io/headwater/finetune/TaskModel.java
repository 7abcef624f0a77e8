package io.headwater.finetune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.corpus.tokenize.Tokenizer;
import io.headwater.model.Execution;
import io.headwater.model.ModelFamily;
import io.headwater.model.TaskNetwork;
import java.util.Optional;
import java.util.function.Predicate;

/** A task's network with its tokenizer and labels: what a task checkpoint holds. */
public final class TaskModel<N extends TaskNetwork> implements AutoCloseable {
  /** Our own key of config.json: tokens of a text that are read. */
  private static final String MAX_LENGTH = "headwater_max_length";

  private final N network;
  private final Tokenizer tokenizer;
  private final Labels labels;
  private final int maxLength;

  private TaskModel(N network, Tokenizer tokenizer, Labels labels, int maxLength) {
    this.network = network;
    this.tokenizer = tokenizer;
    this.labels = labels;
    this.maxLength = maxLength;
  }

  /** A trained one. */
  static <E, N extends TaskNetwork> TaskModel<N> open(
      Task<E, N> task, Checkpoint checkpoint, Execution execution) {
    Labels labels = task.labels(checkpoint.config(), checkpoint.directory());
    int maxLength = checkpoint.config().path(MAX_LENGTH).asInt(0);
    TaskModel<N> model = make(task, checkpoint, labels, maxLength, execution);
    boolean opened = false;
    try {
      model.requireTask(task, checkpoint);
      model.load(checkpoint, entry -> true);
      opened = true;
      return model;
    } finally {
      if (!opened) {
        model.close();
      }
    }
  }

  /**
   * A network of the checkpoint's architecture, its weights not yet set.
   *
   * @param maxLength 0 is the model's context
   */
  static <E, N extends TaskNetwork> TaskModel<N> make(
      Task<E, N> task, Checkpoint checkpoint, Labels labels, int maxLength, Execution execution) {
    JsonNode config = checkpoint.config();
    Tokenizer tokenizer =
        Tokenizer.parse(
            checkpoint
                .tokenizer()
                .orElseThrow(() -> unusable(checkpoint, "it has no tokenizer.json")));
    boolean made = false;
    try {
      if (tokenizer.vocabularySize() > config.path("vocab_size").asInt()) {
        throw unusable(
            checkpoint,
            "its tokenizer has "
                + tokenizer.vocabularySize()
                + " tokens, its model "
                + config.path("vocab_size").asInt());
      }
      N network = task.network(ModelFamily.of(config), config, labels, execution);
      made = true;
      int context = network.contextLength();
      return new TaskModel<>(
          network, tokenizer, labels, maxLength == 0 ? context : Math.min(maxLength, context));
    } finally {
      if (!made) {
        tokenizer.close();
      }
    }
  }

  private void requireTask(Task<?, N> task, Checkpoint checkpoint) {
    String found = checkpoint.config().path("architectures").path(0).asText();
    String wanted = network.config().path("architectures").path(0).asText();
    if (!found.equals(wanted)) {
      throw new UserException(
          "Cannot evaluate "
              + checkpoint.directory()
              + " on "
              + task.name()
              + ": it is a "
              + found
              + ", not a "
              + wanted);
    }
  }

  /** Takes the weights of everything but the head from a checkpoint. */
  void loadBody(Checkpoint checkpoint) {
    load(checkpoint, entry -> !network.isNew(entry.name()));
  }

  private void load(Checkpoint checkpoint, Predicate<TensorLayout.Entry> wanted) {
    for (TensorLayout.Entry entry : network.layout().entries()) {
      if (wanted.test(entry)) {
        load(checkpoint, entry);
      }
    }
  }

  private void load(Checkpoint checkpoint, TensorLayout.Entry entry) {
    if (!checkpoint.layout().contains(entry.name())) {
      throw unusable(checkpoint, "it has no tensor " + entry.name());
    }
    TensorLayout.Entry stored = checkpoint.layout().entry(entry.name());
    if (!stored.shape().equals(entry.shape())) {
      throw unusable(
          checkpoint,
          "tensor "
              + entry.name()
              + " has shape "
              + stored.shape()
              + ", config.json says "
              + entry.shape());
    }
    float[] block = new float[(int) Math.min(1 << 16, entry.elements())];
    for (long done = 0; done < entry.elements(); done += block.length) {
      int count = (int) Math.min(block.length, entry.elements() - done);
      checkpoint.readWeights(stored.offset() + done, block, 0, count);
      network.parameters().write(entry.offset() + done, block, 0, count);
    }
  }

  public N network() {
    return network;
  }

  public Tokenizer tokenizer() {
    return tokenizer;
  }

  public Labels labels() {
    return labels;
  }

  /** Most tokens that are read of an example. */
  public int maxLength() {
    return maxLength;
  }

  /** Writes the model as a folder that {@code transformers} has a class for. */
  void write(String directory, long step) {
    ObjectNode config = network.config();
    config.put(MAX_LENGTH, maxLength);
    if (config.path("model_type").asText().equals("gpt2")) {
      // Hugging Face finds a text's last token by the padding after it: an id that no text has.
      config.remove("pad_token_id");
      tokenizer.endOfText().ifPresent(id -> config.put("pad_token_id", id));
    }
    Checkpoint.write(
        directory,
        step,
        network.layout(),
        network.parameters(),
        new CheckpointDescription(config, Optional.of(tokenizer.json()), Optional.empty()));
  }

  @Override
  public void close() {
    network.close();
    tokenizer.close();
  }

  private static UserException unusable(Checkpoint checkpoint, String reason) {
    return new UserException("Cannot use checkpoint " + checkpoint.directory() + ": " + reason);
  }
}
