package io.headwater.ps.coordinator;

import io.headwater.ps.protocol.Request.LossReport;
import java.util.BitSet;
import java.util.stream.Collectors;

/** What workers have said about the micro-batches of one batch. */
final class LossLedger {
  private final double[] losses;
  private final double[] norms;
  private final long[] tokens;
  private final int[] workers;
  private final BitSet reported = new BitSet();

  LossLedger(int microBatches) {
    losses = new double[microBatches];
    norms = new double[microBatches];
    tokens = new long[microBatches];
    workers = new int[microBatches];
  }

  void clear() {
    reported.clear();
  }

  /** The first report of a micro-batch counts; returns whether this is one. */
  boolean onLoss(LossReport report) {
    int index = report.microBatch();
    if (index < 0 || index >= losses.length || reported.get(index)) {
      return false;
    }
    reported.set(index);
    losses[index] = report.loss();
    norms[index] = report.gradientNorm();
    tokens[index] = report.tokens();
    workers[index] = report.worker();
    return true;
  }

  boolean isComplete() {
    return reported.cardinality() == losses.length;
  }

  /** Mean over the micro-batches, added in index order. */
  double meanLoss() {
    double sum = 0;
    for (double loss : losses) {
      sum += loss;
    }
    return sum / losses.length;
  }

  long tokens() {
    long sum = 0;
    for (long count : tokens) {
      sum += count;
    }
    return sum;
  }

  /** Whether some reported loss is infinite or NaN. */
  boolean hasNonFinite() {
    return reported.stream().anyMatch(i -> !Double.isFinite(losses[i]));
  }

  /** Names the micro-batches with such losses; empty if there is none. */
  String nonFinite() {
    return reported.stream()
        .filter(i -> !Double.isFinite(losses[i]))
        .mapToObj(i -> "micro-batch " + i + " (worker " + workers[i] + ") is " + losses[i])
        .collect(Collectors.joining(", "));
  }

  /** Names the micro-batch with the largest gradient, the first that is not finite before all. */
  String largest() {
    int largest = 0;
    for (int i = 1; i < norms.length; i++) {
      if (Double.isFinite(norms[largest])
          && (norms[i] > norms[largest] || !Double.isFinite(norms[i]))) {
        largest = i;
      }
    }
    return "micro-batch "
        + largest
        + " (worker "
        + workers[largest]
        + ", gradient norm "
        + norms[largest]
        + ", loss "
        + losses[largest]
        + ")";
  }

  /** The micro-batches that nobody has reported. */
  BitSet missing() {
    BitSet missing = new BitSet();
    missing.set(0, losses.length);
    missing.andNot(reported);
    return missing;
  }
}
