package io.headwater.ps.sparse;

import io.headwater.ps.protocol.Event.PlanAnnounced;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.RunSpecification;

/** The sparse tables of a replica, as the rest of it sees them; all on its thread. */
public interface ShardTables {
  /** For a replica without tables. */
  ShardTables NONE =
      new ShardTables() {
        @Override
        public void open(RunSpecification run, ReplicaId self) {}

        @Override
        public void follow(PlanAnnounced plan) {}

        @Override
        public boolean hasState() {
          return true;
        }

        @Override
        public void check() {}

        @Override
        public void snapshot(long step) {}

        @Override
        public boolean isWritten() {
          return true;
        }
      };

  /** Serves another run from now on, or the same one as another start of this replica. */
  void open(RunSpecification run, ReplicaId self);

  /** Takes the place that a plan gives to this replica, or leaves the others alone. */
  void follow(PlanAnnounced plan);

  /** Whether all that workers were told is applied is here. */
  boolean hasState();

  /**
   * @throws io.headwater.ps.protocol.ParameterServerException if this replica cannot hold what the
   *     others do
   */
  void check();

  /** Starts to write all tables as they are now, while pushes go on. */
  void snapshot(long step);

  /**
   * Whether the last snapshot is on storage.
   *
   * @throws RuntimeException what writing it threw
   */
  boolean isWritten();
}
