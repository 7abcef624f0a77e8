package io.headwater.ps.coordinator;

import io.headwater.ps.protocol.Event.Assignment;
import io.headwater.ps.protocol.MicroBatchRange;
import io.headwater.ps.protocol.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Which workers take part in a run, and when each was last heard. */
final class Membership {
  private static final long ABSENT = -1;

  private final long[] incarnations;
  private final long[] newest; // incarnation that was ever seen
  private final long[] heardNs;
  private final boolean[] left;

  Membership(int workers) {
    incarnations = new long[workers];
    newest = new long[workers];
    Arrays.fill(newest, ABSENT);
    heardNs = new long[workers];
    left = new boolean[workers];
    Arrays.fill(incarnations, ABSENT);
  }

  boolean contains(int worker) {
    return worker >= 0 && worker < incarnations.length;
  }

  boolean isPresent(int worker, long incarnation) {
    return contains(worker) && incarnations[worker] == incarnation && !left[worker];
  }

  /** Whether any incarnation of the worker takes part. */
  boolean isPresent(int worker) {
    return incarnations[worker] != ABSENT && !left[worker];
  }

  /** The incarnation of a worker that takes part. */
  long incarnation(int worker) {
    return incarnations[worker];
  }

  /**
   * Why a worker may not come in; empty if it may.
   *
   * @param elements of the model that the run trains
   */
  Optional<String> refusal(Request.Join join, long elements) {
    if (!contains(join.worker())) {
      return Optional.of("the run has workers 0 to " + (incarnations.length - 1));
    }
    if (join.elements() != elements) {
      return Optional.of(
          "its model has " + join.elements() + " parameters, the checkpoint " + elements);
    }
    return join.incarnation() > newest[join.worker()]
        ? Optional.empty()
        : Optional.of("it, or a later start of it, has joined before");
  }

  void join(int worker, long incarnation, long nowNs) {
    incarnations[worker] = incarnation;
    newest[worker] = incarnation;
    heardNs[worker] = nowNs;
    left[worker] = false;
  }

  void heard(int worker, long incarnation, long nowNs) {
    if (isPresent(worker, incarnation)) {
      heardNs[worker] = nowNs;
    }
  }

  /** Starts all leases anew: the lead itself was away and could not hear anyone. */
  void renewAll(long nowNs) {
    Arrays.fill(heardNs, nowNs);
  }

  void leave(int worker) {
    left[worker] = true;
  }

  /** Makes a lost worker absent; a later start of it may take its place. */
  void lose(int worker) {
    incarnations[worker] = ABSENT;
  }

  /** Workers not heard for longer than the lease. */
  List<Integer> expired(long nowNs, long leaseNs) {
    List<Integer> expired = new ArrayList<>();
    for (int worker = 0; worker < incarnations.length; worker++) {
      if (incarnations[worker] != ABSENT && !left[worker] && nowNs - heardNs[worker] > leaseNs) {
        expired.add(worker);
      }
    }
    return expired;
  }

  double silenceSeconds(int worker, long nowNs) {
    return (nowNs - heardNs[worker]) * 1e-9;
  }

  /** How many take part, but were not heard for so long. */
  int silent(long nowNs, long forNs) {
    return (int) present().stream().filter(worker -> nowNs - heardNs[worker] > forNs).count();
  }

  /** How many have taken part and are gone. */
  int lost() {
    return (int) missing().stream().filter(worker -> newest[worker] != ABSENT).count();
  }

  List<Integer> missing() {
    List<Integer> missing = new ArrayList<>();
    for (int worker = 0; worker < incarnations.length; worker++) {
      if (incarnations[worker] == ABSENT) {
        missing.add(worker);
      }
    }
    return missing;
  }

  boolean allLeft() {
    for (int worker = 0; worker < left.length; worker++) {
      if (incarnations[worker] != ABSENT && !left[worker]) {
        return false;
      }
    }
    return true;
  }

  /** Workers that take part, in order. */
  List<Integer> present() {
    List<Integer> present = new ArrayList<>();
    for (int worker = 0; worker < incarnations.length; worker++) {
      if (isPresent(worker)) {
        present.add(worker);
      }
    }
    return present;
  }

  boolean isEmpty() {
    return present().isEmpty();
  }

  /** Splits micro-batches evenly into contiguous ranges, in worker order. */
  List<Assignment> assign(int microBatches) {
    return split(new MicroBatchRange(0, microBatches));
  }

  /** The same assignments, but those of absent workers split among the present ones. */
  List<Assignment> handOn(List<Assignment> assignments) {
    List<Assignment> all = new ArrayList<>();
    for (Assignment assignment : assignments) {
      if (isPresent(assignment.worker(), assignment.incarnation())) {
        all.add(assignment);
      } else {
        all.addAll(split(assignment.microBatches()));
      }
    }
    return all;
  }

  private List<Assignment> split(MicroBatchRange range) {
    List<Integer> present = present();
    List<Assignment> assignments = new ArrayList<>();
    for (int i = 0; i < present.size(); i++) {
      int from = range.from() + (int) ((long) i * range.size() / present.size());
      int to = range.from() + (int) ((i + 1L) * range.size() / present.size());
      if (from < to) {
        int worker = present.get(i);
        assignments.add(
            new Assignment(worker, incarnations[worker], new MicroBatchRange(from, to)));
      }
    }
    return assignments;
  }
}
