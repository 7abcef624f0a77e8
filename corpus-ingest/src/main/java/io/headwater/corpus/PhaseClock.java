package io.headwater.corpus;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Times the phases and tells the progress of their Spark tasks. */
final class PhaseClock extends SparkListener {
  private static final long FIGURES_NS = 1_000_000_000; // between two, as they take time to sum
  private final IngestProgress progress;
  private final Map<IngestPhase, Double> seconds = new EnumMap<>(IngestPhase.class);
  private final long startNs = System.nanoTime();
  private long phaseStartNs = startNs;
  private IngestPhase phase;
  private int completed;
  private int total;
  private Supplier<IngestFigures> read = () -> null;
  private long figuresNs;

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

  /** Asks now and then, while documents are read, what has been read. */
  synchronized void follow(Supplier<IngestFigures> figures) {
    read = figures;
    figuresNs = System.nanoTime();
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
    if (phase == null) {
      return;
    }
    if (!ended.taskInfo().successful()) {
      progress.failed(phase);
      return;
    }
    completed++;
    // Spark tells of a phase's last tasks after the next has begun: those are dropped.
    if (completed <= total) {
      progress.update(phase, completed, total);
      tellFigures(ended.taskInfo().duration() * 1e-3);
    }
  }

  private void tellFigures(double taskSeconds) {
    if (phase == IngestPhase.WRITE) { // a task for each shard
      progress.shardWritten(taskSeconds);
    } else if (phase == IngestPhase.READ && System.nanoTime() - figuresNs > FIGURES_NS) {
      progress.reached(read.get());
      figuresNs = System.nanoTime();
    }
  }
}
