package io.headwater.model.head;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import io.headwater.model.PublishedSource;
import java.util.List;
import java.util.Optional;

/**
 * One of some classes for each token, by cross-entropy.
 *
 * @param labels names of the classes
 */
public record TokenClassificationHead(List<String> labels) implements TaskHead {
  static final String ARCHITECTURE = "ForTokenClassification";
  private static final Scorer SCORER = new Scorer("classifier", true);

  public TokenClassificationHead {
    labels = List.copyOf(labels);
    if (labels.size() < 2) {
      throw new UserException(
          "Cannot classify tokens into " + labels + ": at least 2 labels are needed");
    }
  }

  static TaskHead read(PublishedSource source) {
    return new TokenClassificationHead(source.labels(SCORER.weight()));
  }

  @Override
  public String architecture() {
    return ARCHITECTURE;
  }

  @Override
  public void describe(ObjectNode config) {
    TaskHead.writeLabels(config, labels);
  }

  @Override
  public boolean readsSummary() {
    return false;
  }

  @Override
  public Optional<Scorer> scorer(Scorer ofSummary) {
    return Optional.of(SCORER);
  }

  @Override
  public int outputs() {
    return labels.size();
  }

  @Override
  public Readout readout(Body body) {
    return new EveryToken(body.dropout());
  }

  @Override
  public Loss loss() {
    return ClassificationHead.classes();
  }
}
