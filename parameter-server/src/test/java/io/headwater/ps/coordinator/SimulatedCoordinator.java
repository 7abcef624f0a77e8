package io.headwater.ps.coordinator;

import io.headwater.ps.optimizer.UpdateGuard;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.transport.CoordinatorEnd;
import io.headwater.ps.transport.MessageOutlet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.agrona.concurrent.NanoClock;

/** The real coordinator on a given network and clock. */
public final class SimulatedCoordinator {
  private final Coordinator coordinator;

  public SimulatedCoordinator(
      RunSpecification run,
      CoordinatorEndpoint self,
      List<ShardEndpoint> endpoints,
      CoordinatorEnd end,
      Function<ShardEndpoint, MessageOutlet> toShard,
      NanoClock clock,
      Consumer<Event> listener) {
    coordinator =
        new Coordinator(
            run, self, endpoints, List.of(end), toShard, UpdateGuard.State.START, clock, listener);
  }

  public void doWork() {
    coordinator.doWork();
  }

  /** Whether the run has ended and everyone knows. */
  public boolean isDone() {
    return coordinator.isDone();
  }
}
