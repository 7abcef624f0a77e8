package io.headwater.ps.transport;

import io.aeron.Subscription;
import io.aeron.logbuffer.ControlledFragmentHandler;

/** Where chunk frames come in. For one thread. */
public interface FrameInlet extends AutoCloseable {
  /** Hands over at most {@code limit} frames that have come; returns how many. */
  int poll(ControlledFragmentHandler handler, int limit);

  boolean isConnected();

  @Override
  void close();

  static FrameInlet of(Subscription subscription) {
    return new FrameInlet() {
      @Override
      public int poll(ControlledFragmentHandler handler, int limit) {
        return subscription.controlledPoll(handler, limit);
      }

      @Override
      public boolean isConnected() {
        return subscription.isConnected();
      }

      @Override
      public void close() {
        subscription.close();
      }
    };
  }
}
