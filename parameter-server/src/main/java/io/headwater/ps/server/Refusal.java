package io.headwater.ps.server;

import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.transport.CoordinatorLink;
import org.agrona.CloseHelper;
import org.agrona.concurrent.NanoClock;

/** Tells the coordinator of a run why a replica does not open it; the newest such run only. */
final class Refusal implements AutoCloseable {
  private final Neighbours neighbours;
  private final NanoClock clock;
  private CoordinatorLink link;
  private long run;

  Refusal(Neighbours neighbours, NanoClock clock) {
    this.neighbours = neighbours;
    this.clock = clock;
  }

  /** Answers an order; they are repeated, so an answer that does not go is no loss. */
  void tell(Request.OpenRun order, ReplicaId replica, String reason) {
    long key = RunKey.of(order.run().runId());
    if (link == null || run != key) {
      CloseHelper.quietClose(link);
      run = key;
      link =
          new CoordinatorLink(
              key, neighbours.toCoordinator().apply(order.coordinator()), clock, event -> {});
    }
    link.trySend(new Request.ReplicaFailed(replica, reason));
  }

  int poll() {
    return link == null ? 0 : link.poll();
  }

  @Override
  public void close() {
    CloseHelper.quietClose(link);
  }
}
