package io.headwater.ps.sparse;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongFunction;

/** The textbook: rows in a hash map, in double precision. */
final class ReferenceTable {
  private static final class Row {
    final double[] w;
    final double[] first;
    final double[] second;
    long updates;

    Row(float[] initial, double initialSum) {
      w = new double[initial.length];
      Arrays.setAll(w, i -> initial[i]);
      first = new double[w.length];
      second = new double[w.length];
      Arrays.fill(second, initialSum);
    }
  }

  private final Map<Long, Row> rows = new HashMap<>();
  private final RowOptimizer optimizer;
  private final LongFunction<float[]> initial;

  ReferenceTable(RowOptimizer optimizer, LongFunction<float[]> initial) {
    this.optimizer = optimizer;
    this.initial = initial;
  }

  long rows() {
    return rows.size();
  }

  double[] pull(long id) {
    return row(id).w;
  }

  void push(long[] ids, float[][] gradients, double rate) {
    Map<Long, double[]> sums = new LinkedHashMap<>();
    for (int i = 0; i < ids.length; i++) {
      double[] sum = sums.computeIfAbsent(ids[i], id -> new double[gradients[0].length]);
      for (int c = 0; c < sum.length; c++) {
        sum[c] += gradients[i][c];
      }
    }
    sums.forEach((id, gradient) -> update(row(id), gradient, rate));
  }

  private Row row(long id) {
    return rows.computeIfAbsent(id, key -> new Row(initial.apply(key), optimizer.initialSum()));
  }

  private void update(Row row, double[] g, double rate) {
    row.updates++;
    for (int c = 0; c < g.length; c++) {
      row.w[c] -= rate * step(row, c, g[c]);
    }
  }

  private double step(Row row, int c, double g) {
    switch (optimizer.kind()) {
      case SGD:
        return g;
      case ADAGRAD:
        row.second[c] += g * g;
        return g / (Math.sqrt(row.second[c]) + optimizer.epsilon());
      case ADAM:
        double beta1 = optimizer.beta1();
        double beta2 = optimizer.beta2();
        row.first[c] = beta1 * row.first[c] + (1 - beta1) * g;
        row.second[c] = beta2 * row.second[c] + (1 - beta2) * g * g;
        double mean = row.first[c] / (1 - Math.pow(beta1, row.updates));
        double square = row.second[c] / (1 - Math.pow(beta2, row.updates));
        return mean / (Math.sqrt(square) + optimizer.epsilon());
    }
    throw new AssertionError(optimizer.kind());
  }
}
