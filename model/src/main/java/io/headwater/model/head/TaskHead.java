package io.headwater.model.head;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.PublishedSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The head of a task, whatever the body: what of it is scored, by which layer, with which loss. */
public interface TaskHead {
  /**
   * The end of the name of the class in {@code transformers}, behind the family's, for example
   * {@code ForTokenClassification}.
   */
  String architecture();

  /** Writes what {@code config.json} says of the head: labels, kind of problem. */
  void describe(ObjectNode config);

  /** Whether a row for the whole text is scored, which a body may have layers of its own for. */
  boolean readsSummary();

  /**
   * The layer that scores rows; empty if the rows themselves are the answer.
   *
   * @param ofSummary the body's, for rows that stand for a whole text
   */
  Optional<Scorer> scorer(Scorer ofSummary);

  /** C: scores of a row. */
  int outputs();

  Readout readout(Body body);

  Loss loss();

  /** The architectures of a family that this program reads: some without a head, and the headed. */
  static List<String> known(String family, String... others) {
    return Stream.concat(
            Arrays.stream(others), PublishedHeads.ARCHITECTURES.stream().map(family::concat))
        .distinct()
        .toList();
  }

  /**
   * The head of a published folder.
   *
   * @param family what its architecture begins with
   * @param ofSummary as of {@link #scorer}
   * @return empty if the folder is a pretrained model's
   */
  static Optional<TaskHead> read(
      String family, String architecture, PublishedSource source, Scorer ofSummary) {
    return PublishedHeads.read(architecture.substring(family.length()), source, ofSummary);
  }

  /** Writes label names as {@code transformers} reads them. */
  static void writeLabels(ObjectNode config, List<String> labels) {
    ObjectNode names = config.putObject("id2label");
    ObjectNode ids = config.putObject("label2id");
    for (int i = 0; i < labels.size(); i++) {
      names.put(Integer.toString(i), labels.get(i));
      ids.put(labels.get(i), i);
    }
  }
}
