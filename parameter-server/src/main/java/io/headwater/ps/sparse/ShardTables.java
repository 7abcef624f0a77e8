package io.headwater.ps.sparse;

import io.headwater.ps.protocol.RunSpecification;

/** The sparse tables of a shard, as the rest of the shard sees them; all on the shard's thread. */
public interface ShardTables {
  /** For a shard without tables. */
  ShardTables NONE =
      new ShardTables() {
        @Override
        public void open(RunSpecification run) {}

        @Override
        public void snapshot(long step) {}

        @Override
        public boolean isWritten() {
          return true;
        }
      };

  /** Serves another run from now on. */
  void open(RunSpecification run);

  /** Starts to write all tables as they are now, while pushes go on. */
  void snapshot(long step);

  /**
   * Whether the last snapshot is on storage.
   *
   * @throws RuntimeException what writing it threw
   */
  boolean isWritten();
}
