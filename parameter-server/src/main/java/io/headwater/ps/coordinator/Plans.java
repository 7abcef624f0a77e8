package io.headwater.ps.coordinator;

import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.Event.PlanAnnounced;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.RunSpecification;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The plan that holds, and the replicas that wait to be named in the next one. */
final class Plans {
  private final RunSpecification.Training training;
  private final WorkSharing work;
  private final Consumer<Event> announce;
  private final List<ReplicaId> arrivals = new ArrayList<>();
  private PlanAnnounced current; // null before the first

  Plans(RunSpecification.Training training, WorkSharing work, Consumer<Event> announce) {
    this.training = training;
    this.work = work;
    this.announce = announce;
  }

  boolean isEmpty() {
    return current == null;
  }

  PlanAnnounced current() {
    return current;
  }

  /** Has a replica wait for the next step, in place of an earlier start of it. */
  void await(ReplicaId arrival) {
    arrivals.removeIf(
        known -> known.shard() == arrival.shard() && known.replica() == arrival.replica());
    arrivals.add(arrival);
  }

  /** Those that waited; they wait no longer. */
  List<ReplicaId> takeArrivals() {
    List<ReplicaId> all = List.copyOf(arrivals);
    arrivals.clear();
    return all;
  }

  /** Announces what is done from the weights of {@code step} on. */
  void announceStep(
      long step,
      boolean finished,
      boolean snapshot,
      List<ReplicaId> replicas,
      List<ReplicaId> newcomers) {
    current =
        new PlanAnnounced(
            step,
            0,
            0,
            finished,
            snapshot,
            training.microBatches(),
            training.localSteps(),
            work.assignments(),
            work.tasks(),
            replicas,
            newcomers);
    announce.accept(current);
  }

  /** Announces the same step once more, for those who are there. */
  void revise(boolean snapshot, List<ReplicaId> replicas) {
    int revision = current.revision() + 1;
    current =
        new PlanAnnounced(
            current.step(),
            revision,
            work.startsAnew(current.assignments()) ? revision : current.sumsFrom(),
            current.finished(),
            snapshot,
            current.microBatches(),
            current.localSteps(),
            work.assignments(),
            work.tasks(),
            replicas,
            current.newcomers().stream().filter(replicas::contains).toList());
    announce.accept(current);
  }

  /** Tells the plan again, if there is one. */
  void repeat() {
    if (current != null) {
      announce.accept(current);
    }
  }
}
