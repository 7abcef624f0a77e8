package io.headwater.driver.cli;

import io.headwater.corpus.IngestPhase;
import io.headwater.corpus.IngestProgress;
import io.headwater.driver.run.Progress;
import java.util.Locale;

/** Shows each phase of an ingest. */
final class IngestDisplay implements IngestProgress {
  private final Progress progress;
  private IngestPhase shown;
  private int total;

  IngestDisplay(Progress progress) {
    this.progress = progress;
  }

  @Override
  public synchronized void update(IngestPhase phase, int completedTasks, int totalTasks) {
    if (phase != shown || totalTasks != total) {
      shown = phase;
      total = totalTasks;
      progress.begin("ingest: " + phase.name().toLowerCase(Locale.ROOT), totalTasks, 0);
    }
    progress.update(completedTasks, "tasks");
  }
}
