package io.headwater.ps.transport;

import io.aeron.ExclusivePublication;
import io.aeron.logbuffer.BufferClaim;

/** Where chunk frames go out, one at a time, in place. For one thread. */
public interface FrameOutlet extends AutoCloseable {
  /**
   * Claims room for a frame, to be written and committed.
   *
   * @return a position above 0, or one of Aeron's {@code Publication} results if there is no room
   */
  long tryClaim(int length, BufferClaim claim);

  /** Sends what was written into the room that was claimed last. */
  default void commit(BufferClaim claim) {
    claim.commit();
  }

  boolean isConnected();

  @Override
  void close();

  static FrameOutlet of(ExclusivePublication publication) {
    return new FrameOutlet() {
      @Override
      public long tryClaim(int length, BufferClaim claim) {
        return publication.tryClaim(length, claim);
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
