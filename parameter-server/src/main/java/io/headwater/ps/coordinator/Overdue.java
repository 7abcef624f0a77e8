package io.headwater.ps.coordinator;

import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.RunSpecification.Timeouts;
import io.headwater.ps.protocol.ShardEndpoint;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What a run has waited for too long, in words: every wait of a run is bounded here. */
final class Overdue {
  private final Timeouts timeouts;
  private final Replicas replicas;
  private final Membership members;
  private final WorkSharing work;
  private final SnapshotLedger snapshots;
  private final Predicate<ShardEndpoint> reachable;

  /**
   * @param reachable whether a replica that has not answered could at least be sent something
   */
  Overdue(
      RunSpecification run,
      Replicas replicas,
      Membership members,
      WorkSharing work,
      SnapshotLedger snapshots,
      Predicate<ShardEndpoint> reachable) {
    this.timeouts = run.timeouts();
    this.replicas = replicas;
    this.members = members;
    this.work = work;
    this.snapshots = snapshots;
    this.reachable = reachable;
  }

  /** Why a run cannot stay in a phase any longer; empty if it can. */
  Optional<String> reason(RunPhase phase, long waitedNs, long step, StepCommit commit) {
    String missing =
        switch (phase) {
          case LOADING -> waitedNs > timeouts.start().toNanos() ? absentees() : "";
          case GATHERING ->
              waitedNs > timeouts.start().toNanos()
                  ? "workers " + members.missing() + " have not joined"
                  : "";
          case TRAINING -> ofStep(waitedNs, step, commit);
          case HELD, FINISHING ->
              waitedNs > timeouts.snapshot().toNanos()
                  ? "shards "
                      + snapshots.missing()
                      + " have not written snapshot "
                      + snapshots.step()
                  : "";
          case ENDED -> "";
        };
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(missing + " after " + seconds(waitedNs * 1e-9));
  }

  private String ofStep(long waitedNs, long step, StepCommit commit) {
    boolean orphaned = work.isOrphaned();
    if (orphaned && waitedNs > timeouts.start().toNanos()) {
      return "step " + step + ": all workers are lost, and none has come";
    }
    return !orphaned && waitedNs > timeouts.step().toNanos()
        ? "step " + step + " still lacks " + commit.missing(replicas.view())
        : "";
  }

  private String absentees() {
    return replicas.absent().stream()
        .map(
            endpoint ->
                endpoint
                    + (reachable.test(endpoint)
                        ? " has not loaded the checkpoint"
                        : " cannot be reached"))
        .collect(Collectors.joining("; "));
  }

  static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.1f s", seconds);
  }
}
