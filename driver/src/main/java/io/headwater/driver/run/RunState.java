package io.headwater.driver.run;

import java.util.Locale;

/** Where a pretraining run stands. */
public enum RunState {
  /** Configuration, corpus and output are being checked; nothing is written yet. */
  SUBMITTED,
  /** Weights, shards and workers are being brought up. */
  STARTING,
  TRAINING,
  /** A stop was asked for: the current step ends and its checkpoint is written. */
  STOPPING,
  /** All steps are done. */
  SUCCEEDED,
  /** Stopped in order before its last step; a resume goes on from its checkpoint. */
  STOPPED,
  FAILED;

  /** As in run.json, status.json and metrics. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
