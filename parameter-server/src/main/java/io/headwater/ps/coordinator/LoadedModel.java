package io.headwater.ps.coordinator;

import io.headwater.ps.protocol.Request;
import java.util.Optional;

/** What the replicas say that they have loaded: how many parameters, of which step. */
final class LoadedModel {
  /** The number comes from the network, and sizes the memory for the norms: half a GiB at most. */
  private static final long MAX_ELEMENTS = 1L << 40;

  private long elements = -1; // not known yet
  private long step = -1;

  long elements() {
    return elements;
  }

  long step() {
    return step;
  }

  /**
   * Takes note of what a replica has loaded.
   *
   * @param starting whether all have to load the same step; a later one takes the others' state
   * @return why the run cannot go on with it, if it cannot
   */
  Optional<String> objection(Request.ReplicaReady ready, boolean starting) {
    if (ready.elements() < 1 || ready.elements() > MAX_ELEMENTS) {
      return Optional.of(
          "has loaded " + ready.elements() + " parameters: must be in [1, " + MAX_ELEMENTS + "]");
    }
    if (elements < 0) {
      elements = ready.elements();
      step = ready.step();
    } else if (ready.elements() != elements || (starting && ready.step() != step)) {
      return Optional.of(
          "has loaded another checkpoint than the others: step "
              + ready.step()
              + " and "
              + ready.elements()
              + " parameters, not step "
              + step
              + " and "
              + elements);
    }
    return Optional.empty();
  }
}
