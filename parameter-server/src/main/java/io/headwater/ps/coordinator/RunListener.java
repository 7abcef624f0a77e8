package io.headwater.ps.coordinator;

import io.headwater.ps.protocol.Event.WorkerLost;

/** Hears what happens in a run; called on {@link RunControl}'s thread, in order. */
public interface RunListener {
  void stepCompleted(StepCompleted step);

  void workerJoined(int worker);

  void workerLost(int worker, WorkerLost.Cause cause, String reason);

  /** A replica of a shard is gone; the run goes on with the others. */
  void replicaLost(int shard, int replica, String reason);

  /** A replica of a shard that was missing has all state, and could take over. */
  void replicaJoined(int shard, int replica);

  /** One shard's part of the checkpoint after {@code step} updates is on storage. */
  void snapshotWritten(long step, int shard);

  /** The run has ended without reaching its last step; nothing follows. */
  void runFailed(String reason);

  /**
   * The run has ended in order after {@code step} updates, its snapshot written; nothing follows.
   */
  void runFinished(long step);
}
