package io.headwater.ps.coordinator;

import io.headwater.ps.protocol.MicroBatchFigures;
import io.headwater.ps.protocol.Request.LossReport;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** What workers have said about the micro-batches of one batch. */
final class LossLedger {
  private final MicroBatchFigures[] figures; // by micro-batch
  private final int[] workers;
  private final BitSet reported = new BitSet();
  private int last; // worker who reported last

  LossLedger(int microBatches) {
    figures = new MicroBatchFigures[microBatches];
    workers = new int[microBatches];
  }

  void clear() {
    reported.clear();
  }

  /** The first report of a micro-batch counts; returns whether this is one. */
  boolean onLoss(LossReport report) {
    int index = report.microBatch();
    if (index < 0 || index >= figures.length || reported.get(index)) {
      return false;
    }
    reported.set(index);
    figures[index] = report.figures();
    workers[index] = report.worker();
    last = report.worker();
    return true;
  }

  boolean isComplete() {
    return reported.cardinality() == figures.length;
  }

  /** Mean over the micro-batches, added in index order. */
  double meanLoss() {
    double sum = 0;
    for (MicroBatchFigures each : figures) {
      sum += each.loss();
    }
    return sum / figures.length;
  }

  /** Mean of each of the losses that add up to the loss. */
  List<Double> meanLosses() {
    double[] sums = new double[figures[0].losses().size()];
    for (MicroBatchFigures each : figures) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += i < each.losses().size() ? each.losses().get(i) : Double.NaN;
      }
    }
    return DoubleStream.of(sums).map(sum -> sum / figures.length).boxed().toList();
  }

  long tokens() {
    return Stream.of(figures).mapToLong(MicroBatchFigures::tokens).sum();
  }

  double flops() {
    return Stream.of(figures).mapToDouble(MicroBatchFigures::flops).sum();
  }

  /** For how long the worker that all waited for waited for its examples. */
  double dataSecondsOfLast() {
    double sum = 0;
    for (int i = 0; i < figures.length; i++) {
      sum += workers[i] == last ? figures[i].dataSeconds() : 0;
    }
    return sum;
  }

  /** Whether some reported loss is infinite or NaN. */
  boolean hasNonFinite() {
    return reported.stream().anyMatch(i -> !Double.isFinite(figures[i].loss()));
  }

  /** Names the micro-batches with such losses; empty if there is none. */
  String nonFinite() {
    return reported.stream()
        .filter(i -> !Double.isFinite(figures[i].loss()))
        .mapToObj(i -> "micro-batch " + i + " (worker " + workers[i] + ") is " + figures[i].loss())
        .collect(Collectors.joining(", "));
  }

  /** Names the micro-batch with the largest gradient, the first that is not finite before all. */
  String largest() {
    int largest = 0;
    for (int i = 1; i < figures.length; i++) {
      double norm = figures[i].gradientNorm();
      double most = figures[largest].gradientNorm();
      if (Double.isFinite(most) && (norm > most || !Double.isFinite(norm))) {
        largest = i;
      }
    }
    return "micro-batch "
        + largest
        + " (worker "
        + workers[largest]
        + ", gradient norm "
        + figures[largest].gradientNorm()
        + ", loss "
        + figures[largest].loss()
        + ")";
  }

  /** The micro-batches that nobody has reported. */
  BitSet missing() {
    BitSet missing = new BitSet();
    missing.set(0, figures.length);
    missing.andNot(reported);
    return missing;
  }
}
