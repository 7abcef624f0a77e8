package io.headwater.ps.coordinator;

import io.headwater.ps.PsMetrics;
import io.headwater.ps.protocol.Request.LossReport;
import io.headwater.ps.protocol.RunSpecification;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names workers that are much slower than the others, and tells how far behind each is. The measure
 * is the time from one report of a micro-batch to the next, from the plan on, as a moving average.
 */
final class Stragglers {
  private static final Logger LOG = LoggerFactory.getLogger(Stragglers.class);

  /** Reports of a worker before it is judged. */
  static final int WARM_UP = 20;

  private static final double SHARE = 0.1; // of the newest time in the average
  private static final double SLOW = 2; // times the others' median
  private static final double FAST_AGAIN = 1.5;

  private static final long NONE = -1; // no report yet

  private final double[] seconds; // a micro-batch, by worker
  private final int[] times;
  private final long[] steps; // of the last report
  private final BitSet[] reported; // micro-batches of that step
  private final long[] heardNs; // last report, or the plan if that is later
  private final boolean[] slow;

  Stragglers(int workers) {
    seconds = new double[workers];
    times = new int[workers];
    steps = new long[workers];
    Arrays.fill(steps, NONE);
    reported = new BitSet[workers];
    Arrays.setAll(reported, worker -> new BitSet());
    heardNs = new long[workers];
    slow = new boolean[workers];
  }

  /** All workers begin now. */
  void onStep(long nowNs) {
    Arrays.fill(heardNs, nowNs);
  }

  /** A worker begins now, whatever it did before. */
  void onJoin(int worker, long nowNs) {
    heardNs[worker] = nowNs;
    times[worker] = 0;
    steps[worker] = NONE;
  }

  void onReport(LossReport report, long nowNs) {
    int worker = report.worker();
    if (worker < 0
        || worker >= times.length
        || report.microBatch() < 0
        || report.microBatch() >= RunSpecification.Training.MAX_MICRO_BATCHES) {
      return;
    }
    if (report.step() != steps[worker]) {
      steps[worker] = report.step();
      reported[worker].clear();
      tellLags();
    }
    if (reported[worker].get(report.microBatch())) {
      return; // told again
    }
    reported[worker].set(report.microBatch());
    double took = (nowNs - heardNs[worker]) * 1e-9;
    heardNs[worker] = nowNs;
    times[worker]++;
    seconds[worker] += (took - seconds[worker]) * Math.max(SHARE, 1.0 / times[worker]);
    PsMetrics.microBatchSeconds(worker, seconds[worker]);
    judge(worker);
  }

  /** How far behind the foremost each worker is, by the steps of their last reports. */
  private void tellLags() {
    long foremost = Arrays.stream(steps).max().orElse(NONE);
    for (int worker = 0; worker < steps.length; worker++) {
      if (steps[worker] != NONE) {
        PsMetrics.stepLag(worker, foremost - steps[worker]);
      }
    }
  }

  private void judge(int worker) {
    double[] others =
        IntStream.range(0, times.length)
            .filter(other -> other != worker && times[other] >= WARM_UP)
            .mapToDouble(other -> seconds[other])
            .sorted()
            .toArray();
    if (times[worker] < WARM_UP || others.length == 0) {
      return;
    }
    double median = others[others.length / 2];
    boolean isSlow = seconds[worker] > (slow[worker] ? FAST_AGAIN : SLOW) * median;
    if (isSlow != slow[worker]) {
      slow[worker] = isSlow;
      PsMetrics.straggler(worker, isSlow);
      LOG.warn(
          "worker {} {}: {} s for a micro-batch, the others take {} s",
          worker,
          isSlow ? "is a straggler" : "keeps up again",
          String.format(Locale.ROOT, "%.3f", seconds[worker]),
          String.format(Locale.ROOT, "%.3f", median));
    }
  }

  /** Whether a worker is much slower than the others. */
  boolean isStraggler(int worker) {
    return slow[worker];
  }
}
