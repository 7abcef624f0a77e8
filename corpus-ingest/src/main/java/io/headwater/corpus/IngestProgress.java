package io.headwater.corpus;

/** Hears how far an ingest is, from Spark's listener thread or the one that runs it: be quick. */
@FunctionalInterface
public interface IngestProgress {
  /** {@code completedTasks} of {@code totalTasks} Spark tasks of this phase have ended. */
  void update(IngestPhase phase, int completedTasks, int totalTasks);

  /** A Spark task of this phase failed; Spark tries it again, a few times. */
  default void failed(IngestPhase phase) {}

  /** What has been read and written; at most once a second while input is read. */
  default void reached(IngestFigures figures) {}

  /** A shard was written. */
  default void shardWritten(double seconds) {}

  static IngestProgress none() {
    return (phase, completedTasks, totalTasks) -> {};
  }
}
