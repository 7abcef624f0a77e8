package io.headwater.ps.transport;

import io.headwater.ps.protocol.ControlMessage;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.Request;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.NanoClock;

/**
 * Requests to the coordinator and its events back, for one run; knows how long it has been silent.
 * For one thread.
 */
public final class CoordinatorLink implements AutoCloseable {
  private final long run;
  private final MessageOutlet requests;
  private final MessageInlet events;
  private final ControlSender sender;
  private final ControlReceiver receiver;
  private final Consumer<Event> listener;
  private final NanoClock clock;
  private long heardNs;

  /**
   * @param runKey events of other runs are ignored
   */
  public CoordinatorLink(
      long runKey, CoordinatorRoute route, NanoClock clock, Consumer<Event> listener) {
    this.run = runKey;
    this.clock = clock;
    this.heardNs = clock.nanoTime();
    this.requests = route.requests();
    this.events = route.events();
    this.sender = new ControlSender(requests);
    this.receiver = new ControlReceiver(List.of(events), this::onMessage);
    this.listener = listener;
  }

  public void send(Request request) {
    sender.send(run, request);
  }

  /** For requests that are repeated anyway. */
  public void trySend(Request request) {
    sender.trySend(run, request);
  }

  /** Sends what waits and handles what has come; returns the amount of work. */
  public int poll() {
    return sender.flush() + receiver.poll();
  }

  /** Nanoseconds since the last event of this run. */
  public long silenceNs() {
    return clock.nanoTime() - heardNs;
  }

  public boolean isConnected() {
    return sender.isConnected() && receiver.isConnected();
  }

  @Override
  public void close() {
    requests.close();
    events.close();
  }

  private void onMessage(long runKey, ControlMessage message) {
    if (runKey == run && message instanceof Event event) {
      heardNs = clock.nanoTime();
      listener.accept(event);
    }
  }
}
