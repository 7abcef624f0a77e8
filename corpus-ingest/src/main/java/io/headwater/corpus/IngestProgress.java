package io.headwater.corpus;

/** Hears how far an ingest is. Called from Spark's listener thread: be quick. */
@FunctionalInterface
public interface IngestProgress {
  /** {@code completedTasks} of {@code totalTasks} Spark tasks of this phase have ended. */
  void update(IngestPhase phase, int completedTasks, int totalTasks);

  static IngestProgress none() {
    return (phase, completedTasks, totalTasks) -> {};
  }
}
