package io.headwater.ps.coordinator;

/** Where a run stands; docs/format/wire-protocol.md draws how one follows from another. */
enum RunPhase {
  /** Shards read the checkpoint. */
  LOADING,
  /** Workers join. */
  GATHERING,
  /** A step is being computed. */
  TRAINING,
  /** The next plan is held back until the snapshot before it is written. */
  HELD,
  /** The last weights are out; their snapshot is being written. */
  FINISHING,
  ENDED
}
