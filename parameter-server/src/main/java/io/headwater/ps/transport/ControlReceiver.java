package io.headwater.ps.transport;

import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.headwater.ps.protocol.ControlCodec;
import io.headwater.ps.protocol.ControlMessage;
import java.util.List;

/** Receives control messages; malformed ones are counted and dropped. For one thread. */
public final class ControlReceiver {
  /** Takes a message of some run. */
  @FunctionalInterface
  public interface Handler {
    void onMessage(long run, ControlMessage message);
  }

  private static final int FRAGMENTS = 10;

  private final List<Subscription> subscriptions;
  private final FragmentAssembler assembler;
  private long malformed;

  public ControlReceiver(List<Subscription> subscriptions, Handler handler) {
    this.subscriptions = List.copyOf(subscriptions);
    this.assembler =
        new FragmentAssembler(
            (buffer, offset, length, header) ->
                ControlCodec.decode(buffer, offset, length)
                    .ifPresentOrElse(
                        decoded -> handler.onMessage(decoded.run(), decoded.message()),
                        () -> malformed++));
  }

  /** Handles what has arrived; returns the number of fragments. */
  public int poll() {
    int fragments = 0;
    for (int i = 0; i < subscriptions.size(); i++) {
      fragments += subscriptions.get(i).poll(assembler, FRAGMENTS);
    }
    return fragments;
  }

  public boolean isConnected() {
    return subscriptions.stream().anyMatch(Subscription::isConnected);
  }

  public long malformed() {
    return malformed;
  }
}
