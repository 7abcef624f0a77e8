package io.headwater.ps.client;

/** Hears what happens in a run; called on {@link RunControl}'s thread, in order. */
public interface RunListener {
  void stepCompleted(StepCompleted step);

  void workerJoined(int worker);

  void workerLost(int worker, String reason);

  /** One shard's part of the checkpoint after {@code step} updates is on storage. */
  void snapshotWritten(long step, int shard);

  /** The run has ended without reaching its last step; nothing follows. */
  void runFailed(String reason);

  /**
   * The run has ended in order after {@code step} updates, its snapshot written; nothing follows.
   */
  void runFinished(long step);
}
