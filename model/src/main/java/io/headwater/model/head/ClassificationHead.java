package io.headwater.model.head;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import io.headwater.model.PublishedSource;
import io.headwater.model.Target;
import io.headwater.model.layers.CrossEntropy;
import java.util.List;
import java.util.Optional;

/**
 * One of some classes for each text, by cross-entropy.
 *
 * @param labels names of the classes
 */
public record ClassificationHead(List<String> labels) implements TaskHead {
  static final String ARCHITECTURE = "ForSequenceClassification";

  public ClassificationHead {
    labels = List.copyOf(labels);
    if (labels.size() < 2) {
      throw new UserException("Cannot classify into " + labels + ": at least 2 labels are needed");
    }
  }

  /** One label, or {@code problem_type}, makes it a regression, as in {@code transformers}. */
  static TaskHead read(PublishedSource source, Scorer scorer) {
    String problem = source.config().path("problem_type").asText();
    if (problem.equals(RegressionHead.PROBLEM)) {
      return new RegressionHead();
    }
    List<String> labels = source.labels(scorer.weight());
    return labels.size() == 1 ? new RegressionHead() : new ClassificationHead(labels);
  }

  @Override
  public String architecture() {
    return ARCHITECTURE;
  }

  @Override
  public void describe(ObjectNode config) {
    config.put("problem_type", PublishedSource.SINGLE_LABEL);
    TaskHead.writeLabels(config, labels);
  }

  @Override
  public boolean readsSummary() {
    return true;
  }

  @Override
  public Optional<Scorer> scorer(Scorer ofSummary) {
    return Optional.of(ofSummary);
  }

  @Override
  public int outputs() {
    return labels.size();
  }

  @Override
  public Readout readout(Body body) {
    return body.summary();
  }

  @Override
  public Loss loss() {
    return classes();
  }

  /** Cross-entropy of the rows' classes. */
  static Loss classes() {
    return (outputs, batch) -> {
      CrossEntropy.Result result =
          CrossEntropy.of(outputs, batch.target().as(Target.Classes.class));
      return new Loss.Result(result.loss(), result.dLogits());
    };
  }
}
