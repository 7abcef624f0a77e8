package io.headwater.ps.coordinator;

import java.util.BitSet;

/** Which snapshot was asked for last, and which shards have written their part of it. */
final class SnapshotLedger {
  private final int shards;
  private final BitSet written = new BitSet();
  private long step = -1;

  SnapshotLedger(int shards) {
    this.shards = shards;
  }

  /** The weights of this step are on storage already. */
  void startFrom(long loadedStep) {
    step = loadedStep;
    written.set(0, shards);
  }

  /** A snapshot is asked for. */
  void ask(long ofStep) {
    step = ofStep;
    written.clear();
  }

  /** Nobody waits any longer for what is missing of the snapshot. */
  void abandon() {
    step = -1;
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
