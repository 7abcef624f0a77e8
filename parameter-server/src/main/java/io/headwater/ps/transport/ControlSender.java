package io.headwater.ps.transport;

import io.aeron.Publication;
import io.headwater.ps.protocol.ControlCodec;
import io.headwater.ps.protocol.ControlMessage;
import io.headwater.ps.protocol.ParameterServerException;
import java.util.ArrayDeque;

/**
 * Sends control messages without ever blocking: what the transport does not take at once is kept,
 * in order, until {@link #flush()}. For one thread, though several senders may share an outlet.
 */
public final class ControlSender {
  private static final int MAX_QUEUED = 100_000;

  private record Queued(long run, ControlMessage message) {}

  private final MessageOutlet outlet;
  private final ControlCodec codec = new ControlCodec();
  private final ArrayDeque<Queued> queue = new ArrayDeque<>();

  public ControlSender(MessageOutlet outlet) {
    this.outlet = outlet;
  }

  /** Sends a message now or later. */
  public void send(long run, ControlMessage message) {
    queue.add(new Queued(run, message));
    flush();
    if (queue.size() > MAX_QUEUED) {
      throw new ParameterServerException(
          "Cannot send " + message + ": " + MAX_QUEUED + " messages wait for the receiver");
    }
  }

  /** Sends a message now or not at all: for what is repeated anyway. */
  public boolean trySend(long run, ControlMessage message) {
    return queue.isEmpty() && offer(run, message) > 0;
  }

  /** Sends what waits; returns how many messages went. */
  public int flush() {
    int sent = 0;
    while (!queue.isEmpty()) {
      if (offer(queue.peek().run(), queue.peek().message()) < 0) {
        break;
      }
      queue.remove();
      sent++;
    }
    return sent;
  }

  public boolean isEmpty() {
    return queue.isEmpty();
  }

  public boolean isConnected() {
    return outlet.isConnected();
  }

  /** Forgets what waits: nobody is there to hear it. */
  public void clear() {
    queue.clear();
  }

  private long offer(long run, ControlMessage message) {
    int length = codec.encode(run, message);
    if (length > outlet.maxMessageLength()) {
      throw new ParameterServerException(
          "Cannot send "
              + message.getClass().getSimpleName()
              + ": "
              + length
              + " bytes, at most "
              + outlet.maxMessageLength());
    }
    long position = outlet.offer(codec.buffer(), 0, length);
    if (position == Publication.CLOSED) {
      throw new ParameterServerException(
          "Cannot send "
              + message.getClass().getSimpleName()
              + ": the media driver of this channel is gone");
    }
    return position;
  }
}
