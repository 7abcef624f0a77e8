package io.headwater.ps.coordinator;

import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.ReplicaId;
import java.util.function.Consumer;

/**
 * The end of a run, until everybody has heard of it and left: workers may still lack the last
 * weights, and who comes late is told why there is nothing to do.
 */
final class RunEnd {
  /** One until a lost replica is missed, and then some to pull the last weights from another. */
  private static final int LEASES_TO_LEAVE = 3;

  private static final long LINGER_NS = 1_000_000_000L;

  private final Membership members;
  private final Replicas replicas;
  private final Plans plans;
  private final long leaseNs;
  private final Consumer<Event> announce;
  private Event how; // null: the run goes on
  private long sinceNs;

  RunEnd(
      Membership members, Replicas replicas, Plans plans, long leaseNs, Consumer<Event> announce) {
    this.members = members;
    this.replicas = replicas;
    this.plans = plans;
    this.leaseNs = leaseNs;
    this.announce = announce;
  }

  void come(Event end, long nowNs) {
    how = end;
    sinceNs = nowNs;
    announce.accept(end);
  }

  boolean hasCome() {
    return how != null;
  }

  /** Whether all workers know: the shards need not serve the run any longer. */
  boolean isKnown(long nowNs) {
    if (how instanceof Event.RunFailed && nowNs - sinceNs < LINGER_NS) {
      return false; // a worker on its way in is told why it cannot
    }
    return hasCome() && (members.allLeft() || nowNs - sinceNs > LEASES_TO_LEAVE * leaseNs);
  }

  /** Whether all replicas have left too. */
  boolean isForgotten() {
    return hasCome() && replicas.view().isEmpty();
  }

  /** Who waits for weights of a lost replica is told who else has them. */
  void tick(long nowNs) {
    boolean lost = false;
    for (ReplicaId replica : replicas.expired(nowNs)) {
      if (replicas.of(replica.shard()).size() > 1) { // the last one of a shard may come back
        replicas.remove(replica);
        lost = true;
      }
    }
    if (lost && !plans.isEmpty()) {
      plans.revise(plans.current().snapshot(), replicas.view());
    }
  }

  void repeat() {
    plans.repeat(); // before the end: a worker takes its last weights by the last plan
    announce.accept(how);
  }
}
