package io.headwater.driver.pretrain;

import io.headwater.driver.status.RunStatus;

/**
 * Passes on what becomes of checkpoints: to the status and the record, and a failure to the end of
 * the run.
 */
record CommitNews(RunStatus status, TrainingLog log, RunEnd end)
    implements CheckpointCommitter.Listener {
  @Override
  public void committed(long step, String directory, double seconds) {
    status.checkpointCommitted(step, directory, seconds);
    log.keep();
  }

  @Override
  public void failed(long step, RuntimeException reason) {
    status.checkpointFailed(step, String.valueOf(reason.getMessage()));
    end.failed(reason);
  }
}
