package io.headwater.ps.transport;

import io.headwater.ps.protocol.ControlMessage;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.Request;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.NanoClock;

/**
 * Requests to the lead shard and its events back, for one run; knows how long it has been silent.
 * For one thread.
 */
public final class LeadLink {
  private final ControlSender sender;
  private final ControlReceiver receiver;
  private final Consumer<Event> listener;
  private long run;
  private final NanoClock clock;
  private long heardNs;

  public LeadLink(ShardRoute route, NanoClock clock, Consumer<Event> listener) {
    this.clock = clock;
    this.heardNs = clock.nanoTime();
    this.sender = new ControlSender(route.requests());
    this.receiver = new ControlReceiver(List.of(route.events()), this::onMessage);
    this.listener = listener;
  }

  /** From now on, events of other runs are ignored. */
  public void follow(long runKey) {
    run = runKey;
    heardNs = clock.nanoTime();
    sender.clear();
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

  private void onMessage(long runKey, ControlMessage message) {
    if (runKey == run && message instanceof Event event) {
      heardNs = clock.nanoTime();
      listener.accept(event);
    }
  }
}
