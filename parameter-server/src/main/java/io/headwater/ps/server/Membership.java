package io.headwater.ps.server;

import io.headwater.ps.protocol.Event.Assignment;
import io.headwater.ps.protocol.MicroBatchRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Which workers take part in a run, and when each was last heard. */
final class Membership {
  private static final long ABSENT = -1;

  private final long[] incarnations;
  private final long[] heardNs;
  private final boolean[] left;

  Membership(int workers) {
    incarnations = new long[workers];
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

  /** The worker's present incarnation, or -1 if it has not joined. */
  long incarnation(int worker) {
    return incarnations[worker];
  }

  void join(int worker, long incarnation, long nowNs) {
    incarnations[worker] = incarnation;
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

  /** Makes a lost worker absent, so that it is waited for again. */
  void forget(int worker) {
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

  /** Splits micro-batches evenly into contiguous ranges, in worker order. */
  List<Assignment> assign(int microBatches) {
    List<Assignment> assignments = new ArrayList<>();
    int workers = incarnations.length;
    for (int worker = 0; worker < workers; worker++) {
      int from = (int) ((long) worker * microBatches / workers);
      int to = (int) ((worker + 1L) * microBatches / workers);
      assignments.add(new Assignment(worker, incarnations[worker], new MicroBatchRange(from, to)));
    }
    return assignments;
  }
}
