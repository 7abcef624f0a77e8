package io.headwater.finetune;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How well a network does on a labelled file.
 *
 * @param examples number of examples
 * @param measures by name, in the order in which they are shown; the first is the one by which
 *     models are compared, and more of it is better
 * @param confusion of a classifier
 */
public record Scores(int examples, Map<String, Double> measures, Optional<Confusion> confusion) {
  /**
   * @param labels names, in the order of rows and columns
   * @param counts {@code counts.get(t).get(p)} counts examples of true label t that were given p
   */
  public record Confusion(List<String> labels, List<List<Integer>> counts) {
    public Confusion {
      labels = List.copyOf(labels);
      counts = counts.stream().map(List::copyOf).toList();
    }
  }

  public Scores(int examples, Map<String, Double> measures) {
    this(examples, measures, Optional.empty());
  }

  public Scores {
    if (measures.isEmpty()) {
      throw new IllegalArgumentException("Cannot score without a measure");
    }
    measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
  }

  /** The name of the first measure. */
  public String mainName() {
    return measures.keySet().iterator().next();
  }

  /** The first measure. */
  public double main() {
    return measures.get(mainName());
  }

  public double measure(String name) {
    Double value = measures.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "Cannot find measure " + name + ": there are " + measures.keySet());
    }
    return value;
  }
}
