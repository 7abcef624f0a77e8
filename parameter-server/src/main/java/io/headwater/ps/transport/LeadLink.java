package io.headwater.ps.transport;

import io.headwater.ps.protocol.ControlMessage;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.Request;
import java.util.List;
import java.util.function.Consumer;

/**
 * Requests to the lead shard and its events back, for one run; knows how long it has been silent.
 * For one thread.
 */
public final class LeadLink {
  private final ControlSender sender;
  private final ControlReceiver receiver;
  private final Consumer<Event> listener;
  private long run;
  private long heardNs = System.nanoTime();

  public LeadLink(ShardRoute route, Consumer<Event> listener) {
    this.sender = new ControlSender(route.requests());
    this.receiver = new ControlReceiver(List.of(route.events()), this::onMessage);
    this.listener = listener;
  }

  /** From now on, events of other runs are ignored. */
  public void follow(long runKey) {
    run = runKey;
    heardNs = System.nanoTime();
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
    return System.nanoTime() - heardNs;
  }

  public boolean isConnected() {
    return sender.isConnected() && receiver.isConnected();
  }

  private void onMessage(long runKey, ControlMessage message) {
    if (runKey == run && message instanceof Event event) {
      heardNs = System.nanoTime();
      listener.accept(event);
    }
  }
}
