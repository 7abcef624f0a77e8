package io.headwater.driver.run;

import io.headwater.corpus.IngestFigures;
import io.headwater.corpus.IngestPhase;
import io.headwater.corpus.IngestProgress;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import java.util.Locale;

/** What the driver tells Prometheus about an ingest, and passes on to who shows it. */
public final class IngestMetrics implements IngestProgress {
  private static final Gauge PHASE =
      Gauge.build("headwater_ingest_phase", "1 for the phase that the ingest is in.")
          .labelNames("phase")
          .register();
  private static final Gauge PLANNED =
      Gauge.build("headwater_ingest_phase_tasks", "Spark tasks of the phase, as far as known.")
          .labelNames("phase")
          .register();
  private static final Counter TASKS =
      Counter.build("headwater_ingest_tasks_total", "Spark tasks that ended.")
          .labelNames("phase", "result")
          .register();
  private static final Counter FILES =
      Counter.build("headwater_ingest_files_total", "Input files read to their end.").register();
  private static final Counter READ =
      Counter.build("headwater_ingest_documents_read_total", "Documents found in the input.")
          .register();
  private static final Counter DOCUMENTS =
      Counter.build("headwater_ingest_documents_total", "Documents by what became of them.")
          .labelNames("result")
          .register();
  private static final Counter BYTES =
      Counter.build("headwater_ingest_bytes_total", "Bytes of input files, and of the corpus.")
          .labelNames("direction")
          .register();
  private static final Counter TOKENS =
      Counter.build("headwater_ingest_tokens_total", "Tokens of training and validation.")
          .register();
  private static final Counter SHARDS =
      Counter.build("headwater_ingest_shards_total", "Corpus shards written.").register();
  private static final Histogram SHARD_SECONDS =
      Histogram.build("headwater_ingest_shard_duration_seconds", "Time to write a shard.")
          .exponentialBuckets(0.01, 2, 18)
          .register();

  private final IngestProgress display;
  private IngestFigures last = new IngestFigures(0, 0, 0, 0, 0, 0, 0, 0);

  /** Of the one ingest of this process, which begins. */
  public IngestMetrics(String runId, String tokenizer, IngestProgress display) {
    this.display = display;
    RunMetrics.ingest(runId, tokenizer);
    // Known from the start: a rate over a counter misses the step from nothing to its first value.
    for (IngestPhase phase : IngestPhase.values()) {
      TASKS.labels(label(phase), "succeeded");
      TASKS.labels(label(phase), "failed");
    }
    for (String result : new String[] {"kept", "duplicate", "empty"}) {
      DOCUMENTS.labels(result);
    }
    BYTES.labels("in");
    BYTES.labels("out");
    enter(IngestPhase.READ);
  }

  private static void enter(IngestPhase current) {
    for (IngestPhase phase : IngestPhase.values()) {
      PHASE.labels(label(phase)).set(phase == current ? 1 : 0);
    }
  }

  private static String label(IngestPhase phase) {
    return phase.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void update(IngestPhase phase, int completedTasks, int totalTasks) {
    enter(phase);
    TASKS.labels(label(phase), "succeeded").inc();
    PLANNED.labels(label(phase)).set(totalTasks);
    display.update(phase, completedTasks, totalTasks);
  }

  @Override
  public void failed(IngestPhase phase) {
    TASKS.labels(label(phase), "failed").inc();
    display.failed(phase);
  }

  @Override
  public synchronized void reached(IngestFigures now) {
    FILES.inc(now.files() - last.files());
    READ.inc(now.documentsRead() - last.documentsRead());
    DOCUMENTS.labels("kept").inc(now.kept() - last.kept());
    DOCUMENTS.labels("duplicate").inc(now.duplicates() - last.duplicates());
    DOCUMENTS.labels("empty").inc(now.empty() - last.empty());
    BYTES.labels("in").inc(now.inputBytes() - last.inputBytes());
    BYTES.labels("out").inc(now.outputBytes() - last.outputBytes());
    TOKENS.inc(now.tokens() - last.tokens());
    last = now;
    display.reached(now);
  }

  @Override
  public void shardWritten(double seconds) {
    SHARDS.inc();
    SHARD_SECONDS.observe(seconds);
    display.shardWritten(seconds);
  }
}
