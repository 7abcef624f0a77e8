package io.headwater.ps.transport;

import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;

/** Where control messages come in, whole. For one thread. */
public interface MessageInlet extends AutoCloseable {
  /** Hands over messages that have come, of at most {@code limit} fragments; returns how many. */
  int poll(FragmentHandler handler, int limit);

  boolean isConnected();

  @Override
  void close();

  static MessageInlet of(Subscription subscription) {
    return new MessageInlet() {
      private FragmentHandler receiver;
      private final FragmentAssembler assembler =
          new FragmentAssembler(
              (buffer, offset, length, header) ->
                  receiver.onFragment(buffer, offset, length, header));

      @Override
      public int poll(FragmentHandler handler, int limit) {
        receiver = handler;
        return subscription.poll(assembler, limit);
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
