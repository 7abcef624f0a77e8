package io.headwater.corpus;

import java.util.EnumMap;
import java.util.Map;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Times the phases and tells the progress of their Spark tasks. */
final class PhaseClock extends SparkListener {
  private final IngestProgress progress;
  private final Map<IngestPhase, Double> seconds = new EnumMap<>(IngestPhase.class);
  private final long startNs = System.nanoTime();
  private long phaseStartNs = startNs;
  private IngestPhase phase;
  private int completed;
  private int total;

  PhaseClock(IngestProgress progress) {
    this.progress = progress;
  }

  synchronized void enter(IngestPhase next) {
    long now = System.nanoTime();
    if (phase != null) {
      seconds.merge(phase, (now - phaseStartNs) / 1e9, Double::sum);
    }
    phase = next;
    phaseStartNs = now;
    completed = 0;
    total = 0;
  }

  /** Ends the last phase; seconds since the start. */
  synchronized double finish() {
    enter(null);
    return (phaseStartNs - startNs) / 1e9;
  }

  synchronized Map<IngestPhase, Double> phaseSeconds() {
    return Map.copyOf(seconds);
  }

  @Override
  public synchronized void onStageSubmitted(SparkListenerStageSubmitted submitted) {
    total += submitted.stageInfo().numTasks();
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd ended) {
    if (!ended.taskInfo().successful()) {
      return;
    }
    completed++;
    // Spark tells of a phase's last tasks after the next has begun: those are dropped.
    if (phase != null && completed <= total) {
      progress.update(phase, completed, total);
    }
  }
}
