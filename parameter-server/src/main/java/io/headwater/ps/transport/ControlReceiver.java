package io.headwater.ps.transport;

import io.aeron.logbuffer.FragmentHandler;
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

  private final List<MessageInlet> inlets;
  private final FragmentHandler decoder;
  private long malformed;

  public ControlReceiver(List<MessageInlet> inlets, Handler handler) {
    this.inlets = List.copyOf(inlets);
    this.decoder =
        (buffer, offset, length, header) ->
            ControlCodec.decode(buffer, offset, length)
                .ifPresentOrElse(
                    decoded -> handler.onMessage(decoded.run(), decoded.message()),
                    () -> malformed++);
  }

  /** Handles what has arrived; returns how much there was. */
  public int poll() {
    int fragments = 0;
    for (int i = 0; i < inlets.size(); i++) {
      fragments += inlets.get(i).poll(decoder, FRAGMENTS);
    }
    return fragments;
  }

  public boolean isConnected() {
    return inlets.stream().anyMatch(MessageInlet::isConnected);
  }

  public long malformed() {
    return malformed;
  }
}
