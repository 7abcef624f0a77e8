package io.headwater.finetune;

import io.headwater.model.Correlation;
import java.util.LinkedHashMap;
import java.util.Map;

/** How well what a network says of examples follows what people said. */
public final class CorrelationMeasures {
  private CorrelationMeasures() {}

  /**
   * {@code spearman}, of the ranks, first, and {@code pearson}. A network that says the same of all
   * examples follows nothing: 0.
   *
   * @param prefix of the measures' names
   */
  public static Map<String, Double> of(String prefix, double[] truth, double[] said) {
    Map<String, Double> measures = new LinkedHashMap<>();
    measures.put(prefix + "spearman", orZero(Correlation.spearman(truth, said)));
    measures.put(prefix + "pearson", orZero(Correlation.pearson(truth, said)));
    return measures;
  }

  private static double orZero(double correlation) {
    return Double.isNaN(correlation) ? 0 : correlation;
  }
}
