package io.headwater.ps.coordinator;

import io.headwater.ps.protocol.RunSpecification;
import java.util.BitSet;

/** Which snapshots are due, which was asked for last, and which shards have written their part. */
final class SnapshotLedger {
  private final int shards;
  private final RunSpecification run;
  private final BitSet written = new BitSet();
  private long step = -1;
  private boolean owed; // the last one was lost with a writer

  SnapshotLedger(int shards, RunSpecification run) {
    this.shards = shards;
    this.run = run;
  }

  /** The weights of this step are on storage already. */
  void startFrom(long loadedStep) {
    step = loadedStep;
    written.set(0, shards);
  }

  /**
   * Whether the plan from the weights of {@code current} on is to keep a snapshot: of the weights
   * after it, or, if it is the last, of these.
   */
  boolean isDue(long current, boolean last) {
    return last ? step != current : owed || isDueAfter(current);
  }

  private boolean isDueAfter(long current) {
    long every = run.checkpoints().everySteps();
    long next = current + run.training().localSteps();
    // The last step's snapshot comes with the plan that finishes the run.
    return every > 0 && next / every > current / every && next != run.training().steps();
  }

  /** A snapshot is asked for. */
  void ask(long ofStep) {
    step = ofStep;
    owed = false;
    written.clear();
  }

  /** Nobody waits any longer for what is missing of the snapshot; it is due again. */
  void abandon() {
    step = -1;
    owed = true;
    written.set(0, shards);
  }

  boolean hasPart(int shard) {
    return written.get(shard);
  }

  /** Step of the newest snapshot. */
  long step() {
    return step;
  }

  boolean isWritten() {
    return written.cardinality() == shards;
  }

  /** Returns whether this part is news. */
  boolean onPart(int shard, long ofStep) {
    if (ofStep != step || shard < 0 || shard >= shards || written.get(shard)) {
      return false;
    }
    written.set(shard);
    return true;
  }

  /** Shards whose part is missing. */
  BitSet missing() {
    BitSet missing = new BitSet();
    missing.set(0, shards);
    missing.andNot(written);
    return missing;
  }
}
