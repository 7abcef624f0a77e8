package io.headwater.finetune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.corpus.tokenize.Tokenizer;
import io.headwater.model.Execution;
import io.headwater.model.LabelledBatch;
import io.headwater.model.ModelFamily;
import io.headwater.model.SequenceClassifier;
import io.headwater.model.SequenceClassifier.Framing;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** A classifier with its tokenizer and labels: what a task checkpoint holds. */
final class TaskModel implements AutoCloseable {
  /** Our own key of config.json: tokens of a text that are read. */
  private static final String MAX_LENGTH = "headwater_max_length";

  private static final int SCORING_BATCH = 32; // fixed, so that scores do not depend on settings

  private final SequenceClassifier classifier;
  private final Tokenizer tokenizer;
  private final Labels labels;
  private final int maxLength;

  private TaskModel(
      SequenceClassifier classifier, Tokenizer tokenizer, Labels labels, int maxLength) {
    this.classifier = classifier;
    this.tokenizer = tokenizer;
    this.labels = labels;
    this.maxLength = maxLength;
  }

  /** A classifier of the checkpoint's architecture with random weights. */
  static TaskModel fresh(
      Checkpoint checkpoint, Labels labels, int maxLength, long seed, Execution execution) {
    TaskModel model = make(checkpoint, labels, maxLength, execution);
    model.classifier.initialize(seed);
    return model;
  }

  /** A trained one. */
  static TaskModel open(Checkpoint checkpoint, Execution execution) {
    Labels labels = Labels.of(checkpoint.config(), checkpoint.directory());
    int maxLength = checkpoint.config().path(MAX_LENGTH).asInt(0);
    TaskModel model = make(checkpoint, labels, maxLength, execution);
    model.load(checkpoint, entry -> true);
    return model;
  }

  private static TaskModel make(
      Checkpoint checkpoint, Labels labels, int maxLength, Execution execution) {
    JsonNode config = checkpoint.config();
    Tokenizer tokenizer =
        Tokenizer.parse(
            checkpoint
                .tokenizer()
                .orElseThrow(
                    () ->
                        new UserException(
                            "Cannot use checkpoint "
                                + checkpoint.directory()
                                + ": it has no tokenizer.json")));
    boolean made = false;
    try {
      if (tokenizer.vocabularySize() > config.path("vocab_size").asInt()) {
        throw new UserException(
            "Cannot use checkpoint "
                + checkpoint.directory()
                + ": its tokenizer has "
                + tokenizer.vocabularySize()
                + " tokens, its model "
                + config.path("vocab_size").asInt());
      }
      SequenceClassifier classifier =
          ModelFamily.of(config).classifier(config, labels.names(), execution);
      made = true;
      int context = classifier.contextLength();
      return new TaskModel(
          classifier, tokenizer, labels, maxLength == 0 ? context : Math.min(maxLength, context));
    } finally {
      if (!made) {
        tokenizer.close();
      }
    }
  }

  /** Takes the weights of everything but the head from a checkpoint. */
  void loadBody(Checkpoint checkpoint) {
    load(checkpoint, entry -> !classifier.isNew(entry.name()));
  }

  private void load(Checkpoint checkpoint, Predicate<TensorLayout.Entry> wanted) {
    for (TensorLayout.Entry entry : classifier.layout().entries()) {
      if (wanted.test(entry)) {
        load(checkpoint, entry);
      }
    }
  }

  private void load(Checkpoint checkpoint, TensorLayout.Entry entry) {
    if (!checkpoint.layout().contains(entry.name())) {
      throw new UserException(
          "Cannot use checkpoint " + checkpoint.directory() + ": it has no tensor " + entry.name());
    }
    TensorLayout.Entry stored = checkpoint.layout().entry(entry.name());
    if (!stored.shape().equals(entry.shape())) {
      throw new UserException(
          "Cannot use checkpoint "
              + checkpoint.directory()
              + ": tensor "
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
      classifier.parameters().write(entry.offset() + done, block, 0, count);
    }
  }

  SequenceClassifier classifier() {
    return classifier;
  }

  Labels labels() {
    return labels;
  }

  /** Sets the head: (labels, D) row-major. */
  void setScore(float[] weight) {
    classifier
        .parameters()
        .write(
            classifier.layout().entry(classifier.scoreTensor()).offset(), weight, 0, weight.length);
  }

  TokenizedTexts tokenize(List<LabelledExample> examples, String file) {
    return TokenizedTexts.of(
        examples, labels, file, new TextFrame(classifier.framing(), tokenizer), maxLength);
  }

  /** What the head scores of each text: (N, D). */
  float[][] features(TokenizedTexts texts) {
    return inBatches(texts, classifier::features);
  }

  Scores score(TokenizedTexts texts) {
    return Scoring.of(labels, texts.labels(), inBatches(texts, classifier::logits));
  }

  /** Writes the model as a Hugging Face sequence classifier. */
  void write(String directory, long step) {
    ObjectNode config = classifier.config();
    config.put(MAX_LENGTH, maxLength);
    if (classifier.framing() == Framing.LAST_TOKEN) {
      // Hugging Face finds a text's last token by the padding after it: an id that no text has.
      config.remove("pad_token_id");
      tokenizer.endOfText().ifPresent(id -> config.put("pad_token_id", id));
    }
    Checkpoint.write(
        directory,
        step,
        classifier.layout(),
        classifier.parameters(),
        new CheckpointDescription(config, Optional.of(tokenizer.json()), Optional.empty()));
  }

  @Override
  public void close() {
    classifier.close();
    tokenizer.close();
  }

  private static float[][] inBatches(
      TokenizedTexts texts, Function<LabelledBatch, float[]> computation) {
    float[][] rows = new float[texts.size()][];
    for (int from = 0; from < rows.length; from += SCORING_BATCH) {
      int[] batch = IntStream.range(from, Math.min(rows.length, from + SCORING_BATCH)).toArray();
      float[] values = computation.apply(texts.batch(batch, 0));
      int width = values.length / batch.length;
      for (int row = 0; row < batch.length; row++) {
        rows[from + row] = Arrays.copyOfRange(values, row * width, (row + 1) * width);
      }
    }
    return rows;
  }
}
