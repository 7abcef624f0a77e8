package io.headwater.ps.transport;

import io.aeron.Publication;
import org.agrona.DirectBuffer;

/** Where control messages go out; may be shared by threads. */
public interface MessageOutlet extends AutoCloseable {
  /**
   * Sends a message.
   *
   * @return a position above 0, or one of Aeron's {@code Publication} results if it did not go
   */
  long offer(DirectBuffer buffer, int offset, int length);

  int maxMessageLength();

  boolean isConnected();

  @Override
  void close();

  static MessageOutlet of(Publication publication) {
    return new MessageOutlet() {
      @Override
      public long offer(DirectBuffer buffer, int offset, int length) {
        return publication.offer(buffer, offset, length);
      }

      @Override
      public int maxMessageLength() {
        return publication.maxMessageLength();
      }

      @Override
      public boolean isConnected() {
        return publication.isConnected();
      }

      @Override
      public void close() {
        publication.close();
      }
    };
  }
}
